package courier_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"postkontor/functions/courier"
	"postkontor/shared/message"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

// handle gives Lambda's own bytes to the courier.
func (h *house) handle(event any) []courier.Failure {
	h.Helper()
	data, err := json.Marshal(event)
	if err != nil {
		h.Fatal(err)
	}
	var e courier.Event
	if err := json.Unmarshal(data, &e); err != nil {
		h.Fatal(err)
	}
	answer, err := h.Handle(h.Context(), e)
	if err != nil {
		h.Fatal(err)
	}
	return answer.BatchItemFailures
}

func inserted(ids ...string) (e events.DynamoDBEvent) {
	for _, id := range ids {
		keys := map[string]events.DynamoDBAttributeValue{
			"pk": events.NewStringAttribute("MESSAGE#" + id), "sk": events.NewStringAttribute("MESSAGE"),
		}
		e.Records = append(e.Records, events.DynamoDBEventRecord{EventName: "INSERT", EventSource: "aws:dynamodb",
			Change: events.DynamoDBStreamRecord{Keys: keys, SequenceNumber: "sequence of " + id}})
	}
	return e
}

func TestMessagesGoToProvedAddressesInTheLanguageOfTheAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	notice := h.put(message.Message{Account: "A", Channel: message.Email, Template: message.PasswordChanged})
	text := h.put(message.Message{Account: "A", Channel: message.SMS, Template: message.PhoneChanged})
	code := h.put(h.code("+12065550143"))
	old := h.put(message.Message{Account: "A", Channel: message.Email, Template: message.EmailChanged, To: "old@example.com", Language: "es"})
	for range 2 { // the stream may tell twice
		if failures := h.handle(inserted(notice, text, code, old)); len(failures) > 0 {
			t.Errorf("given back: %v", failures)
		}
	}
	got := map[string]sent{}
	for _, s := range h.provider.sent() {
		got[s.to] = s
	}
	if len(got) != 4 || len(h.provider.sent()) != 4 {
		t.Fatalf("sent %v", h.provider.sent())
	}
	for to, want := range map[string]string{
		"ana@example.com": "Hej Ana!", "+12065550142": "nytt mobilnummer har angetts för ditt konto", "old@example.com": "Un correo electrónico nuevo",
		"+12065550143": "Kod till US Postal Service:\n042197\nGäller i 10 minuter. Dela den aldrig.\n@account.example.com #042197",
	} {
		if !strings.Contains(got[to].subject+got[to].text, want) || to == "old@example.com" && strings.Contains(got[to].text, "Ana") {
			t.Errorf("to %s: %v", to, got[to])
		}
	}
	for _, id := range []string{notice, text, code, old} {
		if h.state(id) != "sent" {
			t.Errorf("%s: %s", id, h.state(id))
		}
	}
}

// TestNewsOfAParcelGoToWhoStillWantsThem: nothing of it goes to a closed or erased account, nor to an address that is not
// proved any more, nor to who has unsubscribed meanwhile; what the account itself has to be told still does.
func TestNewsOfAParcelGoToWhoStillWantsThem(t *testing.T) {
	t.Parallel()
	h := open(t)
	both := []message.Channel{message.Email, message.SMS}
	for name, c := range map[string]struct {
		fields map[string]any
		by     []message.Channel
		state  string
	}{
		"active": {map[string]any{"status": "active"}, both, "sent"}, "closed": {map[string]any{"status": "closed"}, both, "dropped account_closed"},
		"unproved": {map[string]any{"emailVerified": false}, both, "dropped unproved"}, "erased": {nil, nil, "dropped no_account"},
		"unsubscribed": {map[string]any{}, nil, "dropped unsubscribed"}, "by text only": {map[string]any{}, both[1:], "dropped unsubscribed"},
	} {
		if c.fields != nil {
			h.account(name, c.fields)
		}
		if c.by != nil {
			h.follow(name, c.by...)
		}
		id := h.put(h.parcelNews(name, message.Email))
		h.deliver(id)
		if got := h.state(id); got != c.state {
			t.Errorf("%s: %s", name, got)
		}
	}
	closed := h.put(message.Message{Account: "closed", Channel: message.Email, Template: message.AccountActive})
	h.deliver(closed)
	if got := h.state(closed); got != "sent" {
		t.Errorf("another message to a closed account: %s", got)
	}
	if all := h.provider.sent(); len(all) != 2 {
		t.Errorf("sent %v", all)
	}
}

// A letter goes to the account's address, whatever is proved, and shows it as Publication 28 wants it.
func TestLettersAreAddressed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", map[string]any{"emailVerified": false, "phoneVerified": false, "language": "es", "company": "Ñandú Exports",
		"name":    map[string]any{"first": "Ana", "middle": "B", "last": "Secretname", "suffix": "Jr"},
		"address": map[string]any{"street": "400 CALLE A", "secondary": "APT 4B", "urbanization": "URB LAS GLADIOLAS", "city": "SAN JUAN", "state": "PR", "zip": "00926", "zip4": "1234"}})
	code := h.put(message.Message{Account: "A", Channel: message.Letter, Template: message.LetterDuplicate, Secret: "01ABC1DEFG"})
	none := h.put(message.Message{Account: "B", Channel: message.Letter, Template: message.Deactivated})
	h.deliver(code)
	h.deliver(none)
	window := "Ana B Secretname Jr\nÑandú Exports\nURB LAS GLADIOLAS\n400 CALLE A APT 4B\nSAN JUAN PR 00926-1234\nUS Postal Service\n"
	if got := h.provider.sent(); len(got) != 1 || got[0].to != "A" || got[0].subject != code ||
		!strings.HasPrefix(got[0].text, window) || !strings.Contains(got[0].text, "\n01ABC1DEFG\n") || !strings.Contains(got[0].text, "Hola, Ana:") {
		t.Errorf("sent %v", got)
	}
	if h.state(code) != "sent" || h.state(none) != "dropped no_account" {
		t.Errorf("%s, %s", h.state(code), h.state(none))
	}
	if strings.Contains(h.log.String(), "CALLE") {
		t.Errorf("the log names the address: %s", h.log)
	}
}

// What a log or a metric holds is codes and ids: no secret, name, number or address, whatever went wrong.
func TestOTP7_LG1_NothingPersonalIsLogged(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.provider.set(true)
	code, notice := h.put(h.code("+12065550143")), h.put(message.Message{Account: "A", Channel: message.Email,
		Template: message.NewSession, Values: map[string]string{"device": "Secretdevice"}})
	h.deliver(code)
	h.deliver(notice)
	h.provider.optedOut["+12065550144"] = true
	h.provider.set(false)
	h.pass(time.Minute)
	h.deliver(h.put(h.code("+12065550144")))
	for _, id := range []string{code, notice} {
		if !strings.Contains(h.log.String(), `"message sent","id":"`+id) {
			t.Errorf("nothing tells the end of %s: %s", id, h.log)
		}
		item, _, err := h.DB.Table(message.Definition.Name).Get(t.Context(), message.KeyOf(id), true)
		if err != nil {
			t.Fatal(err)
		}
		for _, personal := range []string{"042197", "2065550143", "Secretdevice", "example.com"} {
			if strings.Contains(string(item.Data), personal) {
				t.Errorf("%s is left in %s", personal, item.Data)
			}
		}
	}
	for _, personal := range []string{"042197", "206555", "Secret", "Ana", "ana@", "example.com"} {
		if all := h.log.String() + h.metrics.String(); strings.Contains(all, personal) {
			t.Errorf("%s is logged: %s", personal, all)
		}
	}
}

func TestLG2_WhatCannotBeSentWaits(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.provider.set(true)
	id := h.put(message.Message{Account: "A", Channel: message.Email, Template: message.PasswordChanged})
	h.deliver(id)
	for _, minutes := range []time.Duration{1, 2, 4, 8, 15, 15} {
		if n := h.pass(minutes*time.Minute - time.Second); n != 0 || h.state(id) != "pending" {
			t.Errorf("tried %d times before %d minutes", n, minutes)
		}
		if n := h.pass(time.Second); n != 1 {
			t.Errorf("tried %d times after %d minutes", n, minutes)
		}
	}
	h.provider.set(false)
	if h.pass(15 * time.Minute); h.state(id) != "sent" || len(h.provider.sent()) != 1 {
		t.Errorf("mended: %s, sent %v", h.state(id), h.provider.sent())
	}
	if n := h.pass(time.Hour); n != 0 || len(h.waiting.DeadLetters()) != 0 {
		t.Errorf("%d wait still, dead %v", n, h.waiting.DeadLetters())
	}
}

func TestWhatExpiresIsADeadLetter(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.provider.set(true)
	id := h.put(h.code("+12065550143"))
	h.deliver(id)
	for range 4 {
		h.pass(4 * time.Minute)
	}
	h.provider.set(false)
	h.pass(time.Hour)
	dead := h.waiting.DeadLetters()
	if h.state(id) != "dropped expired" || len(h.provider.sent()) != 0 || len(dead) != 1 || dead[0].ID != id {
		t.Errorf("%s, sent %v, dead %v", h.state(id), h.provider.sent(), dead)
	}
	if !strings.Contains(h.metrics.String(), `"MessagesDead":1`) {
		t.Errorf("no alarm: %s", h.metrics)
	}
}

func TestWhatCanNeverArriveIsDropped(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	h.account("unproved", map[string]any{"emailVerified": false, "phoneVerified": false})
	foreign, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	notice := message.Message{Account: "nobody", Channel: message.Email, Template: message.PasswordChanged}
	for _, c := range []struct {
		want   string
		change func(m *message.Message)
	}{
		{"dropped no_account", func(*message.Message) {}},
		{"dropped unproved", func(m *message.Message) { m.Account = "unproved" }},
		{"dropped address_refused", func(m *message.Message) { m.Account, m.To = "A", "a@example.com, b@example.com" }},
		{"dropped unreadable", func(m *message.Message) {
			*m = h.code("+12065550143")
			h.outbox.Sealer = secret.NewSealer(foreign)
		}},
	} {
		m := notice
		c.change(&m)
		id := h.put(m)
		h.deliver(id)
		if h.state(id) != c.want {
			t.Errorf("%s, want %s", h.state(id), c.want)
		}
	}
	if n := h.pass(time.Hour); n != 0 || len(h.provider.sent()) != 0 {
		t.Errorf("%d wait, sent %v", n, h.provider.sent())
	}
}

func TestOptOutIsHonouredAndToldOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		proved bool
		told   int
	}{{true, 1}, {false, 0}} {
		h := open(t)
		h.account("A", map[string]any{"emailVerified": c.proved})
		h.provider.optedOut["+12065550142"] = true
		var written []string
		for range 2 {
			id := h.put(message.Message{Account: "A", Channel: message.SMS, Template: message.PhoneChanged})
			h.deliver(id)
			if h.state(id) != "dropped opted_out" {
				t.Errorf("%s", h.state(id))
			}
		}
		err := h.DB.(interface {
			Each(string, func(table.Item) error) error
		}).Each(message.Definition.Name, func(i table.Item) error {
			if strings.Contains(string(i.Data), "sms-opted-out") {
				id, _ := message.IDOf(i.Key.PK)
				written = append(written, id)
			}
			return nil
		})
		if err != nil || len(written) != c.told {
			t.Fatalf("told %v, %v", written, err)
		}
		h.handle(inserted(written...))
		if got := h.provider.sent(); len(got) != c.told || c.told > 0 && got[0].to != "ana@example.com" {
			t.Errorf("sent %v", got)
		}
	}
}

// crashing is a database whose messages cannot be marked: mark is called in place of Replace.
type crashing struct {
	table.Database
	mark func() error
}

type unmarked struct {
	table.Table
	mark func() error
}

func (c crashing) Table(name string) table.Table { return unmarked{c.Database.Table(name), c.mark} }

func (u unmarked) Replace(context.Context, table.Item) error { return u.mark() }

// A process that dies between sending and marking repeats the message once; a table that cannot be written, never.
func TestACrashRepeatsAtMostOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		mark func() error
		want int
	}{
		{"death", func() error { panic("death") }, 2},
		{"no table", func() error { return table.ErrUnavailable }, 1},
	} {
		h := open(t)
		h.account("A", nil)
		id := h.put(message.Message{Account: "A", Channel: message.Email, Template: message.PasswordChanged})
		dying := *h.Courier
		dying.DB = crashing{h.DB, c.mark}
		func() {
			defer func() { _ = recover() }()
			_ = dying.Deliver(t.Context(), courier.Retry{ID: id})
		}()
		if h.state(id) != "pending" || len(h.provider.sent()) != 1 {
			t.Fatalf("%s: %s, sent %v", c.name, h.state(id), h.provider.sent())
		}
		if h.pass(time.Minute) == 0 {
			h.handle(inserted(id)) // the stream tells what no answer came for again
		}
		h.handle(inserted(id))
		if h.state(id) != "sent" || len(h.provider.sent()) != c.want {
			t.Errorf("%s: %s, sent %v", c.name, h.state(id), h.provider.sent())
		}
	}
}

// full is a queue that takes nothing.
type full struct{ courier.Resend }

func (full) Later(context.Context, courier.Retry, time.Duration) error { return errors.New("no queue") }

func TestOnlyWhatNobodyHasIsGivenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	good := h.put(h.code("+12065550143"))
	bad := h.put(message.Message{Account: "A", Channel: message.Email, Template: message.PasswordChanged, To: "down@example.com"})
	h.Senders[message.Email] = broken{}
	h.Resend = full{}
	failures := h.handle(inserted(good, bad, "unknown"))
	if len(failures) != 1 || failures[0].ItemIdentifier != "sequence of "+bad || h.state(good) != "sent" {
		t.Errorf("the stream: %v, %s", failures, h.state(good))
	}
	body, _ := json.Marshal(courier.Retry{ID: bad, Tries: 3})
	failures = h.handle(events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "1", EventSource: "aws:sqs", Body: string(body)}, {MessageId: "2", EventSource: "aws:sqs", Body: "no JSON"},
		{MessageId: "3", EventSource: "aws:sqs", Body: `{"id":"` + good + `"}`},
	}})
	if len(failures) != 2 || failures[0].ItemIdentifier == "3" || failures[1].ItemIdentifier == "3" {
		t.Errorf("the queue: %v", failures)
	}
}

type broken struct{}

func (broken) Send(context.Context, string, message.Rendered) error { return errors.New("down") }
