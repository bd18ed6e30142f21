package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/functions/courier"
	"postkontor/functions/desk"
	"postkontor/functions/sweep"
	"postkontor/functions/tracking"
	"postkontor/infra/house"
	"postkontor/shared/account"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/dynamo"
	"postkontor/shared/table/embedded"
)

// options say where a runner keeps and finds things.
type options struct {
	data     string           // folder
	dynamo   string           // endpoint of a DynamoDB, "" for the embedded table
	prefix   string           // of the names of the tables there
	origin   *url.URL         // where its pages are
	terminal io.Writer        // for what goes wrong
	operator operator.Profile // without a name: the reference operator's
	provider desk.Provider    // where agents sign in; without an issuer they only say who they are
	audience string           // whom the provider's tokens are for
	pace     time.Duration    // what an hour of a made-up parcel's way takes; 0: there are none
}

// runner is the whole product in one process.
type runner struct {
	options
	clock    clock
	faults   switches
	lost     lostCookies
	agents   *agents            // nil where no provider is configured
	own      *embedded.Database // the runner's own tables
	tables   table.Database     // the product's
	events   *events
	keys     secret.Source
	accounts *account.Store // one, so that all functions hash in one queue
	mailbox  *mailbox
	post     *post
	front    *front
	demo     *demo // nil without a pace
	sweeper  *sweep.Sweep
	panel    http.Handler
	closers  []io.Closer // in the order of opening
}

// open opens all that a runner keeps, builds the functions, and sends what was left to be sent.
func open(ctx context.Context, o options) (*runner, error) {
	if o.operator.Name == "" {
		o.operator = operator.Default()
	}
	r := &runner{options: o}
	err := r.openData(ctx)
	if err == nil {
		r.build()
		err = r.resume(ctx)
	}
	if err == nil && o.pace > 0 {
		r.demo = newDemo(r)
		r.demo.move(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// ServeHTTP serves the product, and under /_local/ what only the runner has.
func (r *runner) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/_local" || strings.HasPrefix(req.URL.Path, "/_local/") {
		r.panel.ServeHTTP(w, req)
		return
	}
	r.front.ServeHTTP(w, req)
}

// Close writes everything to the disk. Nothing may be served any more.
func (r *runner) Close() error {
	var all error
	for len(r.closers) > 0 {
		last := len(r.closers) - 1
		all = errors.Join(all, r.closers[last].Close())
		r.closers = r.closers[:last]
	}
	return all
}

// openData opens the files of the data folder. The first of them keeps other runners out.
func (r *runner) openData(ctx context.Context) (err error) {
	if err := os.MkdirAll(r.data, 0o700); err != nil {
		return err
	}
	if r.own, err = r.openTables("local.db", runnerTable, mailboxTable); err != nil {
		return err
	}
	if err := r.clock.restore(ctx, r.own.Table(runnerTable.Name)); err != nil {
		return err
	}
	if r.events, err = openEvents(r.path("events.log"), r.terminal); err != nil {
		return err
	}
	r.closers = append(r.closers, r.events)
	if r.keys, err = secret.OpenFile(r.path("keys")); err != nil {
		return err
	}
	if r.dynamo != "" {
		return r.openDynamo(ctx)
	}
	r.tables, err = r.openTables("tables.db", house.Tables()...)
	return err
}

func (r *runner) path(name string) string { return filepath.Join(r.data, name) }

func (r *runner) openTables(name string, defs ...table.Definition) (*embedded.Database, error) {
	db, err := embedded.Open(r.path(name), r.clock.Now, defs...)
	if err == nil {
		r.closers = append(r.closers, db)
	}
	return db, err
}

func (r *runner) openDynamo(ctx context.Context) error {
	any := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
	})
	db := dynamo.New(dynamo.Options{Endpoint: r.dynamo, Region: "us-east-1", Credentials: any, Prefix: r.prefix, Now: r.clock.Now, Definitions: house.Tables()})
	r.tables = db
	return db.CreateTables(ctx)
}

// build makes the functions and all that stands around them.
func (r *runner) build() {
	db := watched{r.tables, &r.faults}
	r.accounts = account.NewStore(db, r.keys, r.clock.Now)
	h := &house.House{DB: func(string) table.Database { return db }, Keys: func(string) secret.Source { return r.keys },
		Accounts: func(string) *account.Store { return r.accounts }, Now: r.clock.Now, Origin: r.origin, Operator: r.operator,
		Agents: r.provider, Mailbox: "/_local/", Budgets: os.Getenv("SMS_BUDGETS"), Events: r.events,
		Tracker: func(t tracking.Tracker) tracking.Tracker { return marked{t} }}
	r.mailbox = newMailbox(r.own.Table(mailboxTable.Name), r.clock.Now)
	waiting := &courier.Waiting{Now: r.clock.Now}
	r.post = &post{waiting: waiting, log: h.Log(), courier: h.Courier(map[message.Channel]courier.Sender{
		message.SMS:    sender{r.mailbox, message.SMS, func() bool { return r.faults.get().SNS != "" }},
		message.Letter: sender{r.mailbox, message.Letter, func() bool { return false }},
		message.Email:  sender{r.mailbox, message.Email, func() bool { return r.faults.get().SES != "" }},
	}, waiting)}
	r.lost.terminal = r.terminal
	if r.provider.Issuer != "" {
		r.agents = &agents{issuer: r.provider.Issuer, audience: r.audience}
	}
	r.sweeper = h.Sweep()
	functions := h.Functions()
	r.front = newFront(functions, r)
	r.panel = (&panel{runner: r, operator: h.Operator, pages: page.NewSet(templates), crossing: http.NewCrossOriginProtection()}).handler()
}

// resume sends what the runner before this one left in the outbox of the embedded table.
func (r *runner) resume(ctx context.Context) error {
	db, ok := r.tables.(*embedded.Database)
	if !ok {
		return nil
	}
	if err := r.post.resume(ctx, db); err != nil {
		return fmt.Errorf("looking for unsent messages: %w", err)
	}
	return nil
}
