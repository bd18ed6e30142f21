// Package gateway is the bridge between API Gateway and net/http: it turns the events of an HTTP API (payload format
// 2.0) into requests and answers into what the gateway expects. The inverse, for the local runner and tests, stands in
// event.go, so that both directions are held to each other.
//
// HTTP APIs deliver rawPath percent-decoded; it is taken as it is and never parsed again. So a slash that a client
// escaped is a slash here: text that may hold one does not belong into a path.
package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

// Request is what the gateway itself says about a request. None of it can be set by a header.
type Request struct {
	RequestID string
	SourceIP  string
	UserAgent string
	Stage     string
	Claims    map[string]string // of the JWT authorizer; nil when the route has none
	IAM       string            // ARN of who signed the request; "" when the route asks for no signature
}

type requestKey struct{}

// RequestOf answers what the gateway said about the request of ctx, the zero Request outside of one.
func RequestOf(ctx context.Context) Request {
	req, _ := ctx.Value(requestKey{}).(Request)
	return req
}

// Handler serves the events of an HTTP API with an http.Handler. It is a lambda.Handler.
type Handler struct{ handler http.Handler }

// NewHandler answers a Handler around h.
func NewHandler(h http.Handler) Handler { return Handler{h} }

// Start serves h as a Lambda function; it does not return.
func Start(h http.Handler) { lambda.Start(NewHandler(h)) }

// Invoke serves one event. The request ends with ctx, so at the function's deadline at the latest. A handler that
// panics is answered with 500. The error is that payload is no event of format 2.0.
func (h Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	r, err := decode(ctx, payload)
	if err != nil {
		return nil, fmt.Errorf("decoding a gateway event: %w", err)
	}
	w := newAnswer(r.Method)
	if !h.serve(w, r) {
		w = newAnswer(r.Method)
		w.WriteHeader(http.StatusInternalServerError)
	}
	return w.encode(), nil
}

// serve reports whether the handler returned. A panic's value may hold what a person typed, so only the stack is told.
func (h Handler) serve(w http.ResponseWriter, r *http.Request) (returned bool) {
	defer func() {
		if !returned {
			_ = recover()
			slog.ErrorContext(r.Context(), "a handler panicked", "stack", string(debug.Stack()))
		}
	}()
	h.handler.ServeHTTP(w, r)
	return true
}

// event is what is read of payload format 2.0.
type event struct {
	Version         string            `json:"version"`
	RawPath         string            `json:"rawPath"`
	RawQuery        string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies,omitempty"`
	Headers         map[string]string `json:"headers"`
	Context         eventContext      `json:"requestContext"`
	Body            string            `json:"body,omitempty"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

type eventContext struct {
	RequestID  string      `json:"requestId"`
	Stage      string      `json:"stage"`
	HTTP       eventHTTP   `json:"http"`
	Authorizer *authorizer `json:"authorizer,omitempty"`
}

type eventHTTP struct {
	Method    string `json:"method"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

type authorizer struct {
	JWT struct {
		Claims map[string]string `json:"claims,omitempty"`
	} `json:"jwt,omitzero"`
	IAM struct {
		UserARN string `json:"userArn,omitempty"`
	} `json:"iam,omitzero"`
}

func decode(ctx context.Context, payload []byte) (*http.Request, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	if e.Version != "2.0" {
		return nil, fmt.Errorf("payload format %q instead of 2.0", e.Version)
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, err
		}
	}
	header := e.header()
	r := &http.Request{
		Method: e.Context.HTTP.Method, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		URL: &url.URL{Path: e.path(), RawQuery: e.RawQuery}, Header: header, Host: header.Get("Host"),
		RemoteAddr: net.JoinHostPort(e.Context.HTTP.SourceIP, "0"), Body: http.NoBody, ContentLength: int64(len(body)),
	}
	delete(header, "Host")
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return r.WithContext(context.WithValue(ctx, requestKey{}, e.request())), nil
}

// path is the path below the stage, which a stage with a name puts in front.
func (e *event) path() string {
	if below, found := strings.CutPrefix(e.RawPath, "/"+e.Context.Stage); found && e.Context.Stage != "" {
		if below == "" || below[0] == '/' {
			return "/" + strings.TrimPrefix(below, "/")
		}
	}
	if !strings.HasPrefix(e.RawPath, "/") {
		return "/" + e.RawPath
	}
	return e.RawPath
}

// header undoes what the gateway did to the header; what a client sent in several lines stays one, joined by commas.
func (e *event) header() http.Header {
	header, values := make(http.Header, len(e.Headers)+1), make([]string, 0, len(e.Headers)+1)
	set := func(name, value string) {
		values = append(values, value)
		header[name] = values[len(values)-1:][:1:1]
	}
	for name, value := range e.Headers {
		set(http.CanonicalHeaderKey(name), value)
	}
	if len(e.Cookies) > 0 {
		set("Cookie", strings.Join(e.Cookies, "; "))
	}
	return header
}

func (e *event) request() Request {
	req := Request{RequestID: e.Context.RequestID, SourceIP: e.Context.HTTP.SourceIP,
		UserAgent: e.Context.HTTP.UserAgent, Stage: e.Context.Stage}
	if a := e.Context.Authorizer; a != nil {
		req.Claims, req.IAM = a.JWT.Claims, a.IAM.UserARN
	}
	return req
}
