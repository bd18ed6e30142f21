package check

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postkontor/functions/courier"
	"postkontor/infra/house"
	"postkontor/infra/journey"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// deployment is the whole product behind the template's routes, with a ledger of what each function calls.
type deployment struct {
	ledger *ledger
	door   door
	inbox  inbox
	ahead  time.Duration
	house  *house.House
	db     *embedded.Database

	mu   sync.Mutex
	made []string // messages that courier has not been told of
}

const site = "https://account.example"

func deploy(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{ledger: &ledger{seen: map[call]bool{}}, inbox: inbox{newest: map[string]string{}}}
	now := func() time.Time { return time.Now().Add(d.ahead) }
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), now, house.Tables()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house.House{Now: now, Origin: &url.URL{Scheme: "https", Host: strings.TrimPrefix(site, "https://")},
		Operator: operator.Default(), Events: io.Discard,
		DB:   func(name string) table.Database { return outbox{noted{db, name, d.ledger}, d} },
		Keys: func(name string) secret.Source { return notedKeys{keys, name, d.ledger} }}
	d.house, d.db = h, db
	sender := h.Courier(map[message.Channel]courier.Sender{message.SMS: d.inbox.of("sms"), message.Email: d.inbox.of("email"), message.Letter: d.inbox.of("letter")},
		&courier.Waiting{Now: now})
	d.door = door{gateway: newGateway(t), functions: map[string]http.Handler{}, after: func() {
		for _, id := range d.made {
			if err := sender.Deliver(context.Background(), courier.Retry{ID: id}); err != nil {
				t.Error(err)
			}
		}
		d.made = nil
	}}
	for name, app := range h.Functions() {
		d.door.functions[name] = app.Handler()
	}
	return d
}

// outbox stands for the stream of the table messages.
type outbox struct {
	noted
	deployment *deployment
}

func (o outbox) Transact(ctx context.Context, ops ...table.Op) error {
	err := o.noted.Transact(ctx, ops...)
	o.deployment.mu.Lock()
	defer o.deployment.mu.Unlock()
	for _, op := range ops {
		if id, ok := message.IDOf(op.Item.Key.PK); ok && err == nil {
			o.deployment.made = append(o.deployment.made, id)
		}
	}
	return err
}

// inbox is every phone and mailbox.
type inbox struct {
	mu     sync.Mutex
	newest map[string]string
}

type slot struct {
	*inbox
	channel string
}

func (i *inbox) of(channel string) slot { return slot{i, channel} }

func (s slot) Send(_ context.Context, to string, r message.Rendered) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code := regexp.MustCompile(`(?m)^(\d{6}|[0-9A-Z]{10})$`).FindString(r.Text); code != "" {
		s.newest[s.channel+to] = code
	}
	if words := regexp.MustCompile(`(?m)^[a-z]+( [a-z]+){4}$`).FindString(r.Text); words != "" {
		s.newest["words"+to] = words
	}
	if _, token, ok := strings.Cut(r.Text, "/not-me?t="); ok {
		s.newest["link"+to] = token[:43]
	}
	if _, rest, ok := strings.Cut(r.Text, "/unsubscribe?t="); ok {
		s.newest["leave"+to], _, _ = strings.Cut(rest, "\n")
	}
	return nil
}

func (i *inbox) code(channel, to string) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	code := i.newest[channel+to]
	if code == "" {
		return "", fmt.Errorf("no code came by %s", channel)
	}
	return code, nil
}

// live walks through everything that the product does with its tables.
func (d *deployment) live(t *testing.T) {
	t.Helper()
	questions := [2]string{"first-pet", "first-school"}
	first, second := journey.Fictional("one"), journey.Fictional("two")
	second.Phone = "+12025550144"
	walk := func(p journey.Person) *journey.Visitor {
		v := journey.NewVisitor(site, d.door)
		if err := journey.Walk(v, p, questions, d.inbox.code, func(string) {}); err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := walk(first)
	d.signUp(t, v, second)
	d.ahead += 25 * time.Hour // the first login of another day
	d.logIn(t, v, first)
	send := func(path string, form url.Values) {
		if page, err := v.Send(path, form); err != nil || page.Status != http.StatusOK {
			t.Fatalf("%s led to %s with %d: %v", path, page.Path, page.Status, err)
		}
	}
	send("/login", url.Values{"username": {first.Username}, "password": {first.Password}})
	for _, path := range []string{"/", "/register", "/account"} {
		d.ahead += 6 * time.Minute // a session that is seen again
		if page, err := v.Get(path); err != nil || page.Status != http.StatusOK {
			t.Fatalf("%s answered %d: %v", path, page.Status, err)
		}
	}
	d.shop(t, v, first)
	token := d.logIn(t, v, first)
	d.call(t, v, "GET", "/v1/usernames?name="+first.Username, "", "", 200)
	d.call(t, v, "PATCH", "/v1/account", token, `{"language":"sv","name":{"first":"Nora","last":"Wayfarer"}}`, 200)
	d.contact(t, v, token, "email", "wayfarer.new@mail.example")
	d.contact(t, v, token, "phone", "+12025550145")
	d.call(t, v, "PUT", "/v1/account/password", token, fmt.Sprintf(`{"currentPassword":%q,"newPassword":"nine slow rivers go by"}`, first.Password), 204)
	first.Password = "nine slow rivers go by"
	token = d.logIn(t, v, first)
	d.call(t, v, "GET", "/v1/sessions", token, "", 200)
	d.write(t, v, token, "wayfarer.new@mail.example")
	d.call(t, v, "DELETE", "/v1/sessions", token, "", 204)
	d.call(t, v, "DELETE", "/v1/sessions/current", token, "", 204)
	third := journey.Fictional("three")
	third.First, third.Last, third.Phone = "Nora", "Wayfarer", "+12025550146"
	d.signUp(t, v, third)
	d.takeOver(t, v, third)
	olga := d.change(t, v, third.Username)
	d.recover(t, v, &olga)
	d.track(t, v, olga)
	d.sweepUp(t, v, first)
	d.wake(t, v, olga)
	d.atTheDesk(t, v)
	d.awaited(t, v)
}

// takeOver gives the claim to the second account of one person at one address.
func (d *deployment) takeOver(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	d.enterLetter(t, v, p)
	d.ahead += 15 * 24 * time.Hour
	d.call(t, v, "GET", "/v1/sessions", d.logIn(t, v, p), "", 200)
}

// enterLetter has a letter sent to a flagged account, enters its code, and answers the account's id.
func (d *deployment) enterLetter(t *testing.T, v *journey.Visitor, p journey.Person) string {
	t.Helper()
	token := d.logIn(t, v, p)
	id := fmt.Sprint(d.call(t, v, "GET", "/v1/account", token, "", 200)["id"])
	d.call(t, v, "POST", "/v1/duplicate/letter", token, "", 202)
	code, err := d.inbox.code("letter", id)
	if err != nil {
		t.Fatal(err)
	}
	d.call(t, v, "POST", "/v1/duplicate/code", token, `{"code":"no such code"}`, 422)
	d.call(t, v, "POST", "/v1/duplicate/code", token, fmt.Sprintf(`{"code":%q}`, code), 200)
	return id
}

// signUp makes an account whose person at that address has one already.
func (d *deployment) signUp(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	d.register(t, v, p)
	token := d.logIn(t, v, p)
	d.prove(t, v, token, "email", p.Email)
}

// register makes an account by the API, twice with one key.
func (d *deployment) register(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	questions := [2]string{"first-pet", "first-school"}
	verified := d.call(t, v, "POST", "/v1/addresses/verify", "", fmt.Sprintf(`{"street":%q,"city":%q,"state":%q,"zip":%q}`, p.Street, p.City, p.State, p.Zip), 200)
	body, err := json.Marshal(map[string]any{"language": "en", "username": p.Username, "password": p.Password, "type": "personal",
		"name": map[string]string{"first": p.First, "last": p.Last}, "email": p.Email, "phone": p.Phone, "addressToken": verified["token"],
		"securityAnswers": []map[string]string{{"question": questions[0], "answer": p.Answers[0]}, {"question": questions[1], "answer": p.Answers[1]}}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		v.Key = "the same request"
		d.call(t, v, "POST", "/v1/accounts", "", string(body), 201)
	}
}

func (d *deployment) logIn(t *testing.T, v *journey.Visitor, p journey.Person) string {
	t.Helper()
	answer := d.call(t, v, "POST", "/v1/sessions", "", fmt.Sprintf(`{"username":%q,"password":%q}`, p.Username, p.Password), 201)
	return fmt.Sprint(answer["token"])
}

// contact changes the e-mail address or the mobile number, with a code sent twice and entered once.
func (d *deployment) contact(t *testing.T, v *journey.Visitor, token, kind, to string) {
	t.Helper()
	d.call(t, v, "PUT", "/v1/account/"+kind, token, fmt.Sprintf(`{%q:%q}`, kind, to), 202)
	d.ahead += 61 * time.Second
	d.call(t, v, "POST", "/v1/account/"+kind+"/code", token, "", 202)
	d.prove(t, v, token, kind, to)
}

func (d *deployment) prove(t *testing.T, v *journey.Visitor, token, kind, to string) {
	t.Helper()
	code, err := d.inbox.code(map[string]string{"email": "email", "phone": "sms"}[kind], to)
	if err != nil {
		t.Fatal(err)
	}
	d.call(t, v, "POST", "/v1/account/"+kind+"/verify", token, fmt.Sprintf(`{"code":%q}`, code), 200)
}

func (d *deployment) call(t *testing.T, v *journey.Visitor, method, path, token, body string, status int) map[string]any {
	t.Helper()
	page, err := v.Call(method, path, token, body)
	if err != nil || page.Status != status {
		t.Fatalf("%s %s answered %d: %v %s", method, path, page.Status, err, page.Body)
	}
	answer := map[string]any{}
	if page.Body != "" {
		if err := json.Unmarshal([]byte(page.Body), &answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer
}

// TestRolesAllowWhatIsCalled lets the product live once, and holds what each function called against its role: nothing
// that it calls is missing there, and nothing is there that it does not call.
func TestRolesAllowWhatIsCalled(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.live(t)
	d.inWords(t)
	called := map[string]bool{} // as the role names it
	for c := range d.ledger.seen {
		called[fmt.Sprint(c.function, " ", c.action, " ", c.table)] = true
		if c.table == "accounts" {
			called[fmt.Sprint(c.function, " ", c.partition)] = true
		}
	}
	permitted := map[string]bool{}
	for name := range functionsDeployed(t) {
		for _, s := range allowed(t, name) {
			for _, subject := range subjects(s) {
				for _, action := range s.Actions {
					permitted[fmt.Sprint(name, " ", action, " ", subject)] = true
				}
			}
			for _, key := range s.Keys {
				permitted[fmt.Sprint(name, " ", key)] = true
			}
		}
	}
	for _, c := range slices.Sorted(maps.Keys(called)) {
		if !permitted[c] {
			t.Errorf("called, but not allowed: %s", c)
		}
	}
	elsewhere := map[string]bool{"signup ssm:GetParameters operator-api": true, "profile ssm:GetParameters operator-api": true,
		"supplies ssm:GetParameters operator-api": true, "desk ssm:GetParameters operator-api": true, // only where ADDRESS_API is set
		"tracking ssm:GetParameters operator-api": true} // only where TRACKING_API is set
	for _, p := range slices.Sorted(maps.Keys(permitted)) {
		if !called[p] && !elsewhere[p] {
			t.Errorf("allowed, but never called: %s", p)
		}
	}
}

// subjects answers the tables and rings of a statement.
func subjects(s statement) (names []string) {
	for _, r := range s.Resources {
		if name := tableOf(r); name != "" {
			names = append(names, name)
		}
		if arn, _ := member(r, "Fn::Sub").(string); strings.Contains(arn, ":parameter${KeysPrefix}/") {
			names = append(names, arn[strings.LastIndexByte(arn, '/')+1:])
		}
	}
	return names
}

// TestMainsOpenTheirRings: a function asks, at its start, for the rings that its role lets it read, in one call.
func TestMainsOpenTheirRings(t *testing.T) {
	t.Parallel()
	rings := ringNames(t)
	for _, s := range sources(t) {
		name, ok := strings.CutSuffix(strings.TrimPrefix(s.path, "functions/"), "/lambda/main.go")
		if !ok {
			continue
		}
		opened := map[string]bool{}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && nameOf(c.Fun) == "deployed.Open" {
				for _, ring := range c.Args[1:] {
					opened[rings[nameOf(ring)]] = true
				}
			}
			return true
		})
		readable := map[string]bool{}
		for _, s := range allowed(t, name) {
			if s.Actions[0] == "ssm:GetParameters" {
				for _, ring := range subjects(s) {
					readable[ring] = true
				}
			}
		}
		if !maps.Equal(opened, readable) {
			t.Errorf("%s opens %v, its role reads %v", name, slices.Sorted(maps.Keys(opened)), slices.Sorted(maps.Keys(readable)))
		}
	}
}

// ringNames answers the rings by the names of their constants ("secret.Pepper"), and those that a main adds.
func ringNames(t *testing.T) map[string]string {
	t.Helper()
	names := map[string]string{}
	for _, s := range sources(t) {
		prefix := ""
		if strings.HasPrefix(s.path, "shared/secret/") {
			prefix = "secret."
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Values) == 1 && (nameOf(spec.Type) == "secret.Name" || prefix != "" && nameOf(spec.Type) == "Name") {
				names[prefix+spec.Names[0].Name] = text(spec.Values[0])
			}
			return true
		})
	}
	return names
}
