package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"postkontor/shared/web"
	"postkontor/shared/web/gateway"
)

// What the gateway allows: bytes in a body and in the header, and how long a function may take.
const (
	largestBody   = 10 << 20
	largestHeader = 10 << 10
	functionTime  = 29 * time.Second
)

// front stands before the functions as API Gateway does: it finds whose route a request is, and hands it over as an
// event.
type front struct {
	routes *http.ServeMux // by method and path
	paths  *http.ServeMux // by path only: another method is for the same function to refuse
	rest   entrance       // everything else
	runner *runner
}

// entrance is a function as the gateway sees it. It is an http.Handler only to stand in a ServeMux.
type entrance struct {
	gateway.Handler
	signed bool // only who signs with IAM gets there
}

func (entrance) ServeHTTP(http.ResponseWriter, *http.Request) {}

// newFront puts functions under their routes, and all other requests to the one called site.
func newFront(functions map[string]*web.App, r *runner) *front {
	f := &front{runner: r, routes: http.NewServeMux(), paths: http.NewServeMux(), rest: entrance{Handler: gateway.NewHandler(functions["site"].Handler())}}
	known := map[string]bool{}
	for _, function := range functions {
		handler := gateway.NewHandler(function.Handler())
		for _, route := range function.Routes() {
			_, path, _ := strings.Cut(route, " ")
			e := entrance{handler, signed(function, path)}
			f.routes.Handle(route, e)
			if !known[path] {
				known[path] = true
				f.paths.Handle(path, e)
			}
		}
	}
	return f
}

// signed reports whether a path is one of machines, as the API's own description says it.
func signed(function *web.App, path string) bool {
	item := function.API.OpenAPI().Paths[path]
	return item != nil && item.Post != nil && slices.ContainsFunc(item.Post.Security, func(s map[string][]string) bool { _, machine := s["machine"]; return machine })
}

// entrance answers whose request it is. A path that ServeMux would redirect to a cleaner one is nobody's.
func (f *front) entrance(r *http.Request) entrance {
	for _, mux := range []*http.ServeMux{f.routes, f.paths} {
		handler, _ := mux.Handler(r)
		if e, ok := handler.(entrance); ok {
			return e
		}
	}
	return f.rest
}

// ServeHTTP hands a request to its function, and the messages that it caused to courier before the answer goes out.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	if f.runner.agents == nil {
		if pose(w, r) {
			return
		}
		posing(r)
	}
	req, err := identity(r)
	if err != nil {
		refuse(w, http.StatusForbidden, err.Error())
		return
	}
	if f.runner.agents != nil && guards(r) && req.Claims == nil {
		var passed bool
		if req.Claims, passed = f.runner.agents.authorize(w, r); !passed {
			return
		}
	}
	if r.Header.Get("Origin") == "http://"+r.Host && isLocal(r) {
		r.Header.Set("Origin", f.runner.origin.String()) // whichever name of this machine the browser knows
	}
	function := f.entrance(r)
	if function.signed && req.IAM == "" {
		refuse(w, http.StatusForbidden, "Forbidden")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		tooLarge := new(http.MaxBytesError)
		if errors.As(err, &tooLarge) {
			refuse(w, http.StatusRequestEntityTooLarge, "Request Too Long")
		}
		return // the client is gone, or too slow
	}
	f.runner.lost.watch(r)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), functionTime)
	defer cancel()
	ctx, made := withOutbox(ctx)
	var answer []byte
	event, err := gateway.EncodeRequest(r, body, req)
	if err == nil {
		answer, err = function.Invoke(ctx, event)
	}
	f.deliver(context.WithoutCancel(ctx), r, begun, made)
	if err == nil {
		err = gateway.WriteResponse(w, answer)
	}
	if err != nil {
		f.runner.post.log.Error("the function gave no answer", "error", err)
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	f.runner.lost.given(r, w.Header()["Set-Cookie"])
}

// step is longer than a request to send a code or a name takes here, courier's part in it.
const step = 50 * time.Millisecond

// deliver hands on what a request, begun then, has put into the outbox. When deployed, the answer does not wait for courier;
// here it does, and where it must not tell whether there is anybody to send to, it comes a whole number of steps after the
// request, and by chance some milliseconds later: what is left of a difference between the two is less than that.
func (f *front) deliver(ctx context.Context, r *http.Request, begun time.Time, made *outbox) {
	any := len(made.ids) > 0
	f.runner.post.deliver(ctx, made)
	if any && (strings.HasPrefix(r.URL.Path, "/v1/recovery/") || strings.HasPrefix(r.URL.Path, "/recover")) {
		time.Sleep(step - time.Since(begun)%step + rand.N(step/5))
	}
}

// refuse answers as the gateway itself does.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, "{\"message\":%q}\n", message)
}

// isLocal reports whether a request was sent to a name of this machine and, if by a page, by one of the runner's own. So
// no page of another site can use what only the runner has, whatever name it gave to this machine's address.
func isLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	ip, _ := netip.ParseAddr(strings.Trim(host, "[]"))
	if host != "localhost" && !strings.HasSuffix(host, ".localhost") && !ip.IsLoopback() {
		return false
	}
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host
}

// The headers that stand for what only the gateway can know. No function sees them.
const (
	localIP    = "X-Local-Ip"
	localAgent = "X-Local-Agent"
)

// agentRoles are what an agent may be limited to; a machine signs with IAM, the others with the operator's provider.
var agentRoles = []string{"desk", "warehouse", "counter", "machine"}

// identity takes the runner's own headers out of a request, and answers what they stand for.
func identity(r *http.Request) (gateway.Request, error) {
	var req gateway.Request
	ip, agent := r.Header.Get(localIP), r.Header.Get(localAgent)
	r.Header.Del(localIP)
	r.Header.Del(localAgent)
	if ip == "" && agent == "" {
		return req, nil
	}
	if !isLocal(r) {
		return req, errors.New("X-Local-… headers are for this machine only")
	}
	if ip != "" {
		address, err := netip.ParseAddr(ip)
		if err != nil {
			return req, errors.New("X-Local-IP is no IP address")
		}
		req.SourceIP = address.WithZone("").String()
	}
	if agent == "" {
		return req, nil
	}
	name, role, limited := strings.Cut(agent, ";role=")
	roles := agentRoles
	if limited {
		roles = []string{role}
	}
	if name == "" || limited && !slices.Contains(agentRoles, role) {
		return req, errors.New("X-Local-Agent is NAME or NAME;role=desk|warehouse|counter|machine")
	}
	if slices.Contains(roles, "machine") {
		req.IAM = "arn:aws:iam::000000000000:role/" + name
	}
	if roles[0] != "machine" {
		req.Claims = map[string]string{"sub": name, "roles": "[" + strings.Join(roles, " ") + "]"} // an array, as the gateway says it
	}
	return req, nil
}
