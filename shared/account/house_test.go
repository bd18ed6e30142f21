package account_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web"
)

// house is the accounts on an embedded table, with a clock that tests move.
type house struct {
	*account.Store
	db   *embedded.Database
	keys secret.Source
	at   atomic.Int64 // nanoseconds
}

func (h *house) now() time.Time          { return time.Unix(0, h.at.Load()).UTC() }
func (h *house) advance(d time.Duration) { h.at.Add(int64(d)) }

func open(t *testing.T) *house {
	t.Helper()
	h := &house{}
	h.at.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.db, err = embedded.Open(filepath.Join(t.TempDir(), "tables"), h.now, account.Definition, session.Definition,
		web.LimitsDefinition, message.Definition, supply.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close() })
	h.keys, h.Store = keys, account.NewStore(h.db, keys, h.now)
	return h
}

const password = "seven quiet herons at dawn"

// registration is what one person sends; names and addresses differ by n.
func registration(n int) account.Registration {
	return account.Registration{Language: locale.English, Username: fmt.Sprintf("heron%d", n), Password: password,
		Answers: []credential.Answer{{Question: "first-pet", Answer: "Fluffy"}, {Question: "first-street", Answer: "Elm Street"}},
		Type:    account.Personal, Name: person.Name{First: "Ada", Last: fmt.Sprintf("Heron%d", n)},
		Email: fmt.Sprintf("heron%d@example.com", n), Phone: fmt.Sprintf("+1206555%04d", n),
		Address: address.Address{Street: "400 BROAD ST", City: "SEATTLE", State: "WA", Zip: "98109"}}
}

func none(string) ([]table.Op, error) { return nil, nil }

func (h *house) create(t *testing.T, r account.Registration) *account.Account {
	t.Helper()
	a, err := h.Create(t.Context(), r, none)
	if err != nil {
		t.Fatalf("creating %s: %v", r.Username, err)
	}
	return a
}

func (h *house) enter(t *testing.T, username, password string) *account.Entry {
	t.Helper()
	e, err := h.Enter(t.Context(), account.Credentials{Username: username, Password: password}, session.Opening{})
	if err != nil {
		t.Fatalf("logging in as %s: %v", username, err)
	}
	return e
}

// messages are what the outbox holds for an account, by template, newest last.
func (h *house) messages(t *testing.T, id string) (all []message.Message) {
	t.Helper()
	err := h.db.Each(message.Definition.Name, func(item table.Item) error {
		var m message.Message
		if err := item.Decode(&m); err != nil || m.Account != id {
			return err
		}
		all = append(all, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// code is the newest code for a purpose, as its receiver reads it.
func (h *house) code(t *testing.T, id string, p account.Purpose) (code string) {
	t.Helper()
	template := map[account.Purpose]message.Template{account.ProveEmail: message.VerifyEmail, account.ProvePhone: message.VerifyPhone}[p]
	for _, m := range h.messages(t, id) {
		if m.Template == template {
			plain, err := secret.NewOpener(h.keys).Open(t.Context(), m.Secret)
			if err != nil {
				t.Fatal(err)
			}
			code = string(plain)
		}
	}
	return code
}

func (h *house) count(t *testing.T, id string, template message.Template) (n int) {
	for _, m := range h.messages(t, id) {
		if m.Template == template {
			n++
		}
	}
	return n
}

// wrong is a code that is not this one.
func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func (h *house) prove(t *testing.T, id string, p account.Purpose) *account.Account {
	t.Helper()
	a, err := h.Prove(t.Context(), &session.Session{Account: id}, p, h.code(t, id, p))
	if err != nil {
		t.Fatalf("proving the %s: %v", p, err)
	}
	return a
}
