package message_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func open(t *testing.T) (table.Database, *secret.File) {
	t.Helper()
	dir := t.TempDir()
	keys, err := secret.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := embedded.Open(filepath.Join(dir, "tables"), func() time.Time { return start },
		message.Definition, table.Definition{Name: message.LimitsTable, TTL: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, keys
}

func put(t *testing.T, db table.Database, keys secret.Source, m message.Message) (message.Stored, error) {
	t.Helper()
	outbox := message.Outbox{Sealer: secret.NewSealer(keys), Now: func() time.Time { return start }}
	op, err := outbox.Op(t.Context(), m)
	if err != nil {
		return message.Stored{}, err
	}
	if err := db.Transact(t.Context(), op); err != nil {
		return message.Stored{}, err
	}
	id, _ := message.IDOf(op.Item.Key.PK)
	stored, found, err := message.Find(t.Context(), db.Table(message.Definition.Name), id)
	if !found || err != nil {
		t.Fatalf("the message is not there: %v", err)
	}
	return stored, nil
}

func raw(t *testing.T, db table.Database, id string) string {
	t.Helper()
	item, _, err := db.Table(message.Definition.Name).Get(t.Context(), message.KeyOf(id), true)
	if err != nil {
		t.Fatal(err)
	}
	return string(item.Data)
}

// No code stands in the table, and once it is sent not even sealed; nor does an address that is not the account's.
func TestOTP7_SecretsAreSealedAndForgotten(t *testing.T) {
	t.Parallel()
	db, keys := open(t)
	s, err := put(t, db, keys, message.Message{Account: "01", Channel: message.SMS, Template: message.VerifyPhone,
		To: "+12065550142", Secret: "042197", Expires: start.Add(10 * time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(raw(t, db, s.ID), "042197") {
		t.Errorf("the code stands in the table: %s", raw(t, db, s.ID))
	}
	if plain, err := secret.NewOpener(keys).Open(t.Context(), s.Secret); string(plain) != "042197" {
		t.Errorf("courier opens %q, %v", plain, err)
	}
	if err := s.MarkSent(t.Context(), db.Table(message.Definition.Name), start); err != nil {
		t.Fatal(err)
	}
	if left := raw(t, db, s.ID); strings.Contains(left, s.Secret) || strings.Contains(left, "5550142") {
		t.Errorf("left of a sent message: %s", left)
	}
	if err := s.MarkDropped(t.Context(), db.Table(message.Definition.Name), message.Expired, start); err != nil {
		t.Errorf("marking what another courier marked: %v", err)
	}
	if left := raw(t, db, s.ID); !strings.Contains(left, `"sent"`) {
		t.Errorf("the first mark is gone: %s", left)
	}
}

func TestOutboxRefusesMistakes(t *testing.T) {
	t.Parallel()
	db, keys := open(t)
	device := map[string]string{"device": "Firefox"}
	written := map[string]string{}
	for _, name := range []string{"number", "topic", "name", "email", "text", "account", "username", "language"} {
		written[name] = "x"
	}
	for why, m := range map[string]message.Message{
		"a value for an unproved address": {Channel: message.Email, Template: message.NewSession, To: "a@example.com", Values: device},
		"no value":                        {Channel: message.Email, Template: message.NewSession},
		"no code":                         {Channel: message.Email, Template: message.VerifyEmail, To: "a@example.com"},
		"a code that nothing shows":       {Channel: message.Email, Template: message.AccountActive, Secret: "042197"},
		"no words for text messages":      {Channel: message.SMS, Template: message.AccountActive},
		"no such template":                {Channel: message.SMS, Template: "unknown"},
		"nobody to go to":                 {Channel: message.Email, Template: message.AccountActive},
		"a text for an unproved address":  {Account: "01", Channel: message.Email, Template: message.SupportCopy, To: "a@example.com", Values: written},
		"what is the service's elsewhere": {Channel: message.Email, Template: message.SupportRequest, To: "a@example.com", Values: written},
	} {
		if s, err := put(t, db, keys, m); err == nil {
			t.Errorf("%s: %+v", why, s)
		}
	}
}

func TestOneMessagePerCause(t *testing.T) {
	t.Parallel()
	db, keys := open(t)
	m := message.Message{Account: "01", Channel: message.Email, Template: message.AccountActive, Cause: "active 01"}
	if _, err := put(t, db, keys, m); err != nil {
		t.Fatal(err)
	}
	if _, err := put(t, db, keys, m); !errors.Is(err, table.ErrCondition) {
		t.Errorf("a second one: %v", err)
	}
	m.Cause = "active 02"
	if _, err := put(t, db, keys, m); err != nil {
		t.Errorf("another cause: %v", err)
	}
}

// throttle answers a function that sends once and says how long to wait, 0 when it was sent.
func throttle(t *testing.T) func(purpose message.Purpose, to string, at time.Time) time.Duration {
	db, keys := open(t)
	limits := &message.Throttle{Table: db.Table(message.LimitsTable), Key: secret.NewKey(keys, secret.Decoy)}
	return func(purpose message.Purpose, to string, at time.Time) time.Duration {
		op, err := limits.Allow(context.Background(), purpose, to, at)
		if err == nil {
			err = message.TooOften(db.Transact(context.Background(), op), 0)
		}
		var refusal *fault.Error
		if errors.As(err, &refusal) && refusal.Code == "sending_too_often" {
			return refusal.RetryAfter
		}
		if err != nil {
			t.Error(err)
		}
		return 0
	}
}

func TestSendsAreCountedInASlidingWindow(t *testing.T) {
	t.Parallel()
	send := throttle(t)
	for _, step := range []struct {
		at   time.Duration
		wait time.Duration
	}{
		{0, 0},
		{59 * time.Second, time.Second},
		{60 * time.Second, 0},
		{2 * time.Minute, 0},
		{3 * time.Minute, 0},
		{4 * time.Minute, 0}, // the fifth of the hour
		{5 * time.Minute, 55 * time.Minute},
		{60 * time.Minute, 0}, // the first is an hour old, the second is not
		{60*time.Minute + 30*time.Second, 30 * time.Second},
		{61 * time.Minute, 0},
		{3 * time.Hour, 0},
		{4 * time.Hour, 0},
		{5 * time.Hour, 0}, // the tenth of the day
		{6 * time.Hour, 18 * time.Hour},
		{24 * time.Hour, 0},
		{24*time.Hour + 59*time.Second, time.Second},
	} {
		if wait := send(message.Proof, "ana@example.com", start.Add(step.at)); wait != step.wait {
			t.Errorf("at %v: wait %v, want %v", step.at, wait, step.wait)
		}
	}
	later := start.Add(6 * time.Hour)
	if wait := send(message.RecoveryCode, "ana@example.com", later); wait != 0 {
		t.Errorf("another purpose waits %v", wait)
	}
	if wait := send(message.Proof, "eva@example.com", later); wait != 0 {
		t.Errorf("another address waits %v", wait)
	}
	if wait := send(message.Proof, " Ana@Example.com", later); wait == 0 {
		t.Error("another spelling is another address")
	}
}

func TestOneOfManySendsAtOnce(t *testing.T) {
	t.Parallel()
	send := throttle(t)
	for minute := range 3 {
		var sent atomic.Int64
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if send(message.Proof, "+12065550142", start.Add(time.Duration(minute)*time.Minute)) == 0 {
					sent.Add(1)
				}
			})
		}
		all.Wait()
		if sent.Load() != 1 {
			t.Errorf("in minute %d %d were sent", minute, sent.Load())
		}
	}
}
