package sweep_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/functions/sweep"
	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/parcel"
	"postkontor/shared/person"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web"
)

// house is accounts, a sweep over them, and a clock that tests move.
type house struct {
	*testing.T
	*account.Store
	db      *embedded.Database
	outbox  *outbox
	keys    secret.Source
	at      atomic.Int64 // nanoseconds
	metrics *bytes.Buffer
	sweep   *sweep.Sweep
}

func (h *house) now() time.Time          { return time.Unix(0, h.at.Load()).UTC() }
func (h *house) advance(d time.Duration) { h.at.Add(int64(d)) }
func (h *house) days(n int)              { h.advance(time.Duration(n) * 24 * time.Hour) }

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// memory is a folder whose files cost no disk, where there is one: what is tested here writes much.
func memory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "sweep")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, metrics: &bytes.Buffer{}}
	h.at.Store(start.UnixNano())
	dir := memory(t)
	keys, err := secret.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.db, err = embedded.Open(filepath.Join(dir, "tables"), h.now, definitions...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close() })
	h.keys = keys
	h.on(h.db)
	return h
}

var definitions = []table.Definition{account.Definition, session.Definition, web.LimitsDefinition, message.Definition, supply.Definition, parcel.Definition}

// on has accounts and sweep work on these tables.
func (h *house) on(db table.Database) {
	h.outbox = &outbox{Database: db}
	h.Store = account.NewStore(h.outbox, h.keys, h.now)
	h.Hasher.Cost = credential.Cost{Memory: 64, Time: 1, Threads: 1}
	h.sweep = h.sweeper(h.outbox, 0)
}

func (h *house) sweeper(db table.Database, most int) *sweep.Sweep {
	store := *h.Store
	store.DB = db
	return sweep.New(sweep.Config{Accounts: &store, Most: most, Metrics: metric.New(h.metrics, "sweep"), Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
}

// run sweeps, and holds the report to what is wanted: warned, deactivated, erased.
func (h *house) run(warned, deactivated, erased int) sweep.Report {
	h.Helper()
	report, err := h.sweep.Run(h.Context(), sweep.Order{})
	if err != nil {
		h.Fatal(err)
	}
	if report.Warned != warned || report.Deactivated != deactivated || report.Erased != erased {
		h.Fatalf("on %s: %+v, want %d warned, %d deactivated, %d erased", h.now().Format(time.DateOnly), report, warned, deactivated, erased)
	}
	return report
}

// outbox notes every message that is written to it.
type outbox struct {
	table.Database
	mu  sync.Mutex
	all []message.Message
}

func (o *outbox) Transact(ctx context.Context, ops ...table.Op) error {
	if err := o.Database.Transact(ctx, ops...); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, op := range ops {
		var m message.Message
		if _, ok := message.IDOf(op.Item.Key.PK); ok && op.Item.Decode(&m) == nil {
			o.all = append(o.all, m)
		}
	}
	return nil
}

// to answers what was written to an account of one template, oldest first.
func (o *outbox) to(id string, template message.Template) (all []message.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.all {
		if m.Account == id && m.Template == template {
			all = append(all, m)
		}
	}
	return all
}

const password = "seven quiet herons at dawn"

var answers = []credential.Answer{{Question: "first-pet", Answer: "Fluffy"}, {Question: "first-street", Answer: "Elm Street"}}

// create makes the account of person n, who differs from the others in all but the address.
func (h *house) create(n int, language locale.Tag) *account.Account {
	h.Helper()
	a, err := h.Create(h.Context(), h.registration(n, language), none)
	if err != nil {
		h.Fatal(err)
	}
	return a
}

func (h *house) registration(n int, language locale.Tag) account.Registration {
	return account.Registration{Language: language, Username: fmt.Sprintf("heron%d", n), Password: password,
		Answers: answers, Type: account.Personal, Name: person.Name{First: "Ada", Last: fmt.Sprintf("Heron%d", n)},
		Email: fmt.Sprintf("h%d@example.com", n), Phone: fmt.Sprintf("+1206555%04d", n),
		Address: address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}}
}

func none(string) ([]table.Op, error) { return nil, nil }

// active makes an account whose e-mail address, and on demand mobile number, is proved.
func (h *house) active(n int, language locale.Tag, phone bool) *account.Account {
	h.Helper()
	a := h.create(n, language)
	h.prove(a.ID, account.ProveEmail, message.VerifyEmail)
	if phone {
		h.prove(a.ID, account.ProvePhone, message.VerifyPhone)
	}
	return a
}

func (h *house) prove(id string, p account.Purpose, template message.Template) *account.Account {
	h.Helper()
	a, err := h.Prove(h.Context(), &session.Session{Account: id}, p, h.secret(id, template))
	if err != nil {
		h.Fatal(err)
	}
	return a
}

// secret is what the newest message of a template brings.
func (h *house) secret(id string, template message.Template) string {
	h.Helper()
	all := h.outbox.to(id, template)
	if len(all) == 0 {
		h.Fatalf("%s got no %s", id, template)
	}
	plain, err := secret.NewOpener(h.keys).Open(h.Context(), all[len(all)-1].Secret)
	if err != nil {
		h.Fatal(err)
	}
	return string(plain)
}

func (h *house) enter(username string) *account.Entry {
	h.Helper()
	e, err := h.Enter(h.Context(), account.Credentials{Username: username, Password: password}, session.Opening{})
	if err != nil {
		h.Fatalf("logging in as %s: %v", username, err)
	}
	return e
}

func (h *house) status(id string) account.Status {
	h.Helper()
	a, err := h.Get(h.Context(), id)
	if err != nil {
		h.Fatal(err)
	}
	return a.Status
}

// text is a message's words as its receiver gets them.
func (h *house) text(m message.Message) string {
	h.Helper()
	r, err := message.Words{Operator: "US Postal Service", Origin: "https://account.example.com"}.Render(m, "", "Ada")
	if err != nil {
		h.Fatal(err)
	}
	return r.Subject + "\n" + r.Text
}

// channels are those of messages, in order, each once.
func channels(all []message.Message) (names []message.Channel) {
	for _, m := range all {
		names = append(names, m.Channel)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// kept answers the keys of everything in a table.
func (h *house) kept(name string) (keys []table.Key) {
	h.Helper()
	err := h.db.Each(name, func(item table.Item) error {
		keys = append(keys, item.Key)
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return keys
}
