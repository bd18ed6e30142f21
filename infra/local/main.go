// Command local runs the whole product in one process, on one file: every function behind a stand-in for API Gateway,
// with all that was sent, a clock that can be moved and faults that can be switched on at /_local/.
//
//	ADDR                where to listen, default 127.0.0.1:3000
//	DATA                the folder for everything that is kept, default .data
//	OPERATOR            the operator's profile as JSON, default the reference operator's
//	SMS_BUDGETS         text messages a day, as courier reads them, default those of a small deployment
//	AGENT_ISSUER, AGENT_AUDIENCE, AGENT_CLIENT, AGENT_REQUEST, AGENT_ENDPOINTS, AGENT_ROLES
//	                    the operator's OpenID provider, as the parameters of template.yaml have it; without an issuer
//	                    /desk?agent=NAME makes a browser an agent's
//	DYNAMODB_ENDPOINT   a DynamoDB to use in place of the embedded table; -dynamodb starts DynamoDB Local
//
// With -demo made-up parcels move through the country, by POST /v1/scans; -pace says how fast.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"postkontor/functions/desk"
	"postkontor/infra/servers"
	"postkontor/shared/operator"
	"postkontor/shared/table/embedded"
)

func main() {
	dynamoDB := flag.Bool("dynamodb", false, "start DynamoDB Local and keep the product's tables there")
	demonstrate := flag.Bool("demo", false, "move made-up parcels, to see tracking live")
	pace := flag.Duration("pace", usualPace, "with -demo: what an hour of a parcel's way takes; 1h is as slow as the mail")
	flag.Parse()
	if !*demonstrate {
		*pace = 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dynamoDB, *pace); err != nil {
		fmt.Fprintln(os.Stderr, "postkontor:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. Without a pace there is no demonstration.
func run(ctx context.Context, dynamoDB bool, pace time.Duration) error {
	address, data := cmp.Or(os.Getenv("ADDR"), "127.0.0.1:3000"), cmp.Or(os.Getenv("DATA"), ".data")
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return listening(address, err)
	}
	defer listener.Close()
	endpoint := os.Getenv("DYNAMODB_ENDPOINT")
	if dynamoDB {
		server, err := servers.StartDynamoDB()
		if err != nil {
			return err
		}
		defer server.Stop()
		endpoint = server.Endpoint
	}
	profile := operator.Default()
	if text := os.Getenv("OPERATOR"); text != "" {
		if profile, err = operator.Parse([]byte(text)); err != nil {
			return fmt.Errorf("OPERATOR: %w", err)
		}
	}
	audience := os.Getenv("AGENT_AUDIENCE")
	r, err := open(ctx, options{data: data, dynamo: endpoint, operator: profile, origin: originOf(listener.Addr()), terminal: os.Stderr, pace: pace, audience: audience,
		provider: desk.Provider{Issuer: os.Getenv("AGENT_ISSUER"), Client: cmp.Or(os.Getenv("AGENT_CLIENT"), audience),
			Request: cmp.Or(os.Getenv("AGENT_REQUEST"), "scope=openid"), Endpoints: os.Getenv("AGENT_ENDPOINTS"), Roles: os.Getenv("AGENT_ROLES")}})
	if err != nil {
		return opening(data, err)
	}
	r.greet(os.Stdout)
	return errors.Join(r.serve(ctx, listener), r.Close())
}

// serve serves until ctx ends, and then ends what is under way.
func (r *runner) serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: functionTime + 30*time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: largestHeader}
	ticking, stop := context.WithCancel(context.WithoutCancel(ctx))
	var ticked sync.WaitGroup
	ticked.Go(func() { r.post.tick(ticking) })
	if r.demo != nil {
		ticked.Go(func() { r.demo.run(ticking) })
	}
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ended <- server.Shutdown(patience)
	}()
	err := server.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		err = <-ended
	}
	stop()
	ticked.Wait()
	return err
}

// originOf is where a browser on this machine finds what listens at addr.
func originOf(addr net.Addr) *url.URL {
	host, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
}

// agentQuery is how a browser becomes an agent's where no provider says who one is.
var agentQuery = map[bool]string{true: "?agent=ann"}

func (r *runner) greet(w io.Writer) {
	fmt.Fprintf(w, `Postkontor runs. Nothing that it sends leaves this computer.
  Pages      %[1]s
  Messages   %[1]s/_local/   what phones and mailboxes received; the clock; faults
  Desk       %[1]s/desk%[4]s   what the operator's agents see
  Data       %[2]s   remove the folder to begin anew
  Log        %[3]s
`, r.origin, r.data, r.path("events.log"), agentQuery[r.agents == nil])
	if r.demo != nil {
		fmt.Fprintf(w, "A demonstration: these parcels are made up and move by themselves, an hour of their way in %s.\n", r.pace)
		for _, p := range r.demo.list() {
			fmt.Fprintf(w, "  %-32s %s/track?numbers=%s\n", p.From.City+" – "+p.To.City, r.origin, p.Number)
		}
	}
	fmt.Fprintln(w, "Ctrl+C ends it.")
}

// listening says in one line what to do when the address cannot be had.
func listening(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use: end what listens there, or take another address: ADDR=127.0.0.1:3001 make run", address)
	}
	return fmt.Errorf("ADDR=%s: %w", address, err)
}

// opening says in one line what to do when the data folder cannot be used.
func opening(data string, err error) error {
	var path *os.PathError
	switch {
	case errors.Is(err, embedded.ErrLocked):
		return fmt.Errorf("%s is in use by another runner: end it, or take another folder: DATA=.data2 make run", data)
	case errors.As(err, &path):
		return fmt.Errorf("%s cannot be used (%s: %w): take another folder: DATA=.data2 make run", data, path.Path, path.Err)
	}
	return err
}
