package courier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/functions/courier"
	"postkontor/shared/message"
	"postkontor/shared/message/ses"
	"postkontor/shared/message/sns"
	"postkontor/shared/metric"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"}, nil
})

// sent is a message as it left the house.
type sent struct{ to, subject, text string }

// provider stands for SNS and SES: it notes what is sent.
type provider struct {
	mu       sync.Mutex
	down     bool
	optedOut map[string]bool
	all      []sent
	after    func() // called when a message was taken
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		panic(http.ErrAbortHandler)
	}
	if r.URL.Path == "/v2/email/outbound-emails" {
		p.email(w, r)
		return
	}
	_ = r.ParseForm()
	if r.Form.Get("Action") == "CheckIfPhoneNumberIsOptedOut" {
		fmt.Fprintf(w, "<R><CheckIfPhoneNumberIsOptedOutResult><isOptedOut>%v</isOptedOut></CheckIfPhoneNumberIsOptedOutResult></R>",
			p.optedOut[r.Form.Get("phoneNumber")])
		return
	}
	p.take(sent{r.Form.Get("PhoneNumber"), "", r.Form.Get("Message")})
	fmt.Fprint(w, "<R><PublishResult><MessageId>1</MessageId></PublishResult></R>")
}

func (p *provider) email(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Destination struct{ ToAddresses []string }
		Content     struct {
			Simple struct {
				Subject struct{ Data string }
				Body    struct{ Text struct{ Data string } }
			}
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	p.take(sent{in.Destination.ToAddresses[0], in.Content.Simple.Subject.Data, in.Content.Simple.Body.Text.Data})
	fmt.Fprint(w, `{"MessageId":"1"}`)
}

func (p *provider) take(s sent) {
	p.all = append(p.all, s)
	if p.after != nil {
		p.after()
	}
}

// printer stands for the bucket of letters: a letter is its window and its words.
type printer struct{ *provider }

func (p printer) Send(_ context.Context, to string, r message.Rendered) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.take(sent{to, r.ID, strings.Join(r.Sheet.To, "\n") + "\n" + r.Text})
	return nil
}

func (p *provider) sent() []sent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]sent(nil), p.all...)
}

func (p *provider) set(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// lines is a log that many may write at once.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// house is a courier with all that is around it.
type house struct {
	*testing.T
	*courier.Courier
	provider *provider
	waiting  *courier.Waiting
	outbox   message.Outbox
	log      *lines
	metrics  *lines

	mu  sync.Mutex
	now time.Time
}

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, provider: &provider{optedOut: map[string]bool{}}, log: &lines{}, metrics: &lines{}, now: start}
	dir := t.TempDir()
	keys, err := secret.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := embedded.Open(filepath.Join(dir, "tables"), h.clock, message.Definition,
		table.Definition{Name: "accounts", TTL: true}, table.Definition{Name: message.LimitsTable, TTL: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	server := httptest.NewServer(h.provider)
	t.Cleanup(server.Close)
	h.waiting = &courier.Waiting{Now: h.clock}
	h.outbox = message.Outbox{Sealer: secret.NewSealer(keys), Now: h.clock}
	sink := metric.New(h.metrics, "courier")
	sink.Now = h.clock
	h.Courier = courier.New(courier.Config{
		DB: db, Opener: secret.NewOpener(keys), Counters: secret.NewKey(keys, secret.Decoy),
		Words: message.Words{Operator: "US Postal Service", Origin: "https://account.example.com"},
		Senders: map[message.Channel]courier.Sender{
			message.SMS: sns.New(sns.Options{Region: "us-east-1", Endpoint: server.URL, Credentials: credentials}),
			message.Email: ses.New(ses.Options{Region: "us-east-1", Endpoint: server.URL, Credentials: credentials,
				From: mail.Address{Address: "no-reply@account.example.com"}}),
			message.Letter: printer{h.provider},
		},
		Resend: h.waiting, Budgets: courier.MustBudgets(courier.UsualBudgets), Metrics: sink, Log: slog.New(slog.NewJSONHandler(h.log, nil)), Now: h.clock,
	})
	return h
}

// account writes the profile of a customer; fields replaces members of it.
func (h *house) account(id string, fields map[string]any) {
	h.Helper()
	profile := map[string]any{"language": "sv", "name": map[string]any{"first": "Ana", "last": "Secretname"},
		"email": "ana@example.com", "emailVerified": true, "phone": "+12065550142", "phoneVerified": true}
	for name, value := range fields {
		profile[name] = value
	}
	item, err := table.New(table.Key{PK: "ACCOUNT#" + id, SK: "PROFILE"}, profile)
	if err != nil {
		h.Fatal(err)
	}
	if err := h.DB.Table("accounts").Put(h.Context(), item); err != nil {
		h.Fatal(err)
	}
}

// put puts a message into the outbox and answers its id.
func (h *house) put(m message.Message) string {
	h.Helper()
	switch m.Template {
	case message.PasswordChanged, message.EmailChanged, message.PhoneChanged:
		m.Secret = "Secrettoken"
	}
	op, err := h.outbox.Op(h.Context(), m)
	if err != nil {
		h.Fatal(err)
	}
	if err := h.DB.Transact(h.Context(), op); err != nil {
		h.Fatal(err)
	}
	id, _ := message.IDOf(op.Item.Key.PK)
	return id
}

// code is a message that brings a code to a number that is not proved.
func (h *house) code(to string) message.Message {
	return message.Message{Account: "A", Channel: message.SMS, Template: message.VerifyPhone, To: to, Secret: "042197",
		Expires: h.clock().Add(10 * time.Minute)}
}

// parcelNews are news of a parcel to an account, for half a day.
func (h *house) parcelNews(account string, by message.Channel) message.Message {
	m := message.Message{Account: account, Channel: by, Template: message.ParcelNews, Expires: h.clock().Add(12 * time.Hour),
		Values: map[string]string{"parcel": `{"Number":"` + followed + `","Status":"delivered"}`}}
	if by == message.Email {
		m.Secret = "a.b.k.c"
	}
	return m
}

const followed = "9400100000000000000006"

// follow writes what an account wants to be told of that parcel.
func (h *house) follow(account string, by ...message.Channel) {
	h.Helper()
	item, err := table.New(table.Key{PK: "ACCOUNT#" + account, SK: follow.Prefix + followed}, follow.Subscription{Number: followed, Channels: by})
	if err != nil {
		h.Fatal(err)
	}
	if err := h.DB.Table("accounts").Put(h.Context(), item); err != nil {
		h.Fatal(err)
	}
}

func (h *house) deliver(id string) {
	h.Helper()
	if err := h.Deliver(h.Context(), courier.Retry{ID: id}); err != nil {
		h.Error(err)
	}
}

// pass moves the clock and delivers what has become due, as the queue does; it answers how many that were.
func (h *house) pass(d time.Duration) int {
	h.Helper()
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
	due := h.waiting.Due()
	for _, r := range due {
		if err := h.Deliver(h.Context(), r); err != nil {
			h.Error(err)
		}
	}
	return len(due)
}

// state answers the state of a message and the reason.
func (h *house) state(id string) string {
	h.Helper()
	m, _, err := message.Find(h.Context(), h.DB.Table(message.Definition.Name), id)
	if err != nil {
		h.Fatal(err)
	}
	return strings.TrimSpace(string(m.State) + " " + string(m.Reason))
}
