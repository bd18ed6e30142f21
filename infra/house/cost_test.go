package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postkontor/infra/house"
	"postkontor/infra/meter"
	"postkontor/shared/address"
	"postkontor/shared/barcode"
	"postkontor/shared/message"
	"postkontor/shared/operator"
	"postkontor/shared/parcel"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web/gateway"
)

// customer calls the functions of a house and reads the codes that it sends.
type customer struct {
	t         *testing.T
	functions map[string]http.Handler
	db        *embedded.Database
	keys      secret.Source
	bill      *meter.Bill
	token     string
	key       string // makes requests idempotent
}

func (c *customer) call(function, method, path string, body any) map[string]any {
	c.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, bytes.NewReader(data))
	r.RemoteAddr = "203.0.113.7:1"
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	w := httptest.NewRecorder()
	c.functions[function].ServeHTTP(w, r)
	answer := map[string]any{"status": w.Code}
	_ = json.Unmarshal(w.Body.Bytes(), &answer) // an answer may have no body
	return answer
}

// scan has a machine tell a scan of each parcel.
func (c *customer) scan(code string, numbers ...string) map[string]any {
	c.t.Helper()
	var all []map[string]any
	for _, number := range numbers {
		all = append(all, map[string]any{"id": "late-" + code, "number": number, "at": time.Now().Add(-time.Hour).Format(time.RFC3339), "code": code, "zip": "98101"})
	}
	body, err := json.Marshal(map[string]any{"scans": all})
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/v1/scans", nil)
	r.Header.Set("Content-Type", "application/json")
	event, err := gateway.EncodeRequest(r, body, gateway.Request{IAM: "arn:aws:iam::000000000000:role/scanner"})
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := gateway.NewHandler(c.functions["scans"]).Invoke(c.t.Context(), event)
	w := httptest.NewRecorder()
	if err = errors.Join(err, gateway.WriteResponse(w, out)); err != nil || !strings.Contains(w.Body.String(), fmt.Sprintf(`"accepted":%d,`, len(numbers))) {
		c.t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return map[string]any{"status": w.Code}
}

// code opens the newest code that went out by a template.
func (c *customer) code(template message.Template) (code string) {
	_ = c.db.Each(message.Definition.Name, func(item table.Item) error {
		var m message.Message
		if err := item.Decode(&m); err != nil || m.Template != template {
			return err
		}
		plain, err := secret.NewOpener(c.keys).Open(c.t.Context(), m.Secret)
		code = string(plain)
		return err
	})
	return code
}

func move(t *testing.T, addresses address.Verifier) *customer {
	t.Helper()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), time.Now, house.Tables()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	c := &customer{t: t, functions: map[string]http.Handler{}, db: db, keys: keys, bill: &meter.Bill{}}
	h := &house.House{DB: func(string) table.Database { return c.bill.Of(db) }, Keys: func(string) secret.Source { return keys },
		Now: time.Now, Origin: &url.URL{Scheme: "https", Host: "account.example"}, Operator: operator.Default(), Events: io.Discard, Addresses: addresses}
	for name, app := range h.Functions() {
		c.functions[name] = app.Handler()
	}
	c.functions["desk"] = byAgent(t, c.functions["desk"])
	return c
}

// parcels answers the numbers of 35 parcels with a usual story.
func parcels(t *testing.T, db table.Database) (numbers []string) {
	t.Helper()
	store := parcel.Store{DB: db, Now: time.Now}
	for i := range 1000 {
		number, problem := barcode.Parse(fmt.Sprintf("9400100000000000%06d", i))
		if problem != nil || len(numbers) == 35 {
			continue
		}
		numbers = append(numbers, number.Canonical)
		for j, code := range strings.Fields("GX 03 10 T1 A1 07 OF 01") {
			scan := parcel.Scan{ID: fmt.Sprint("scan-", j), Number: number.Canonical, At: time.Now().Add(time.Duration(j-10) * time.Hour), Code: code, Zip: "98101"}
			if _, _, err := store.Record(t.Context(), []parcel.Scan{scan}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return numbers
}

// byAgent is a function behind the gateway, whose authorizer has let in an agent of all roles.
func byAgent(t *testing.T, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var event, answer []byte
		if err == nil {
			event, err = gateway.EncodeRequest(r, body, gateway.Request{Claims: map[string]string{"sub": "ann", "roles": "[desk warehouse counter]"}})
		}
		if err == nil {
			answer, err = gateway.NewHandler(h).Invoke(r.Context(), event)
		}
		if err == nil {
			err = gateway.WriteResponse(w, answer)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// TestCost lives through the operations that have a budget, prints what each costs (go test -v), and holds it to what it
// was when it was last thought through.
func TestCost(t *testing.T) {
	t.Parallel()
	c := move(t, nil)
	var report strings.Builder
	cost := func(name string, reads, writes float64, run func() map[string]any) (answer map[string]any) {
		c.bill.Settle()
		answer = run()
		spent := c.bill.Settle()
		fmt.Fprintf(&report, "%-34s %3v %5d calls %6.1f read %6.1f write units\n", name, answer["status"], spent.Calls, spent.Reads, spent.Writes)
		if spent.Reads > reads || spent.Writes > writes {
			t.Errorf("%s costs %.1f and %.1f units, more than %.1f and %.1f", name, spent.Reads, spent.Writes, reads, writes)
		}
		return answer
	}
	post := func(function, path string, body map[string]any) func() map[string]any {
		return func() map[string]any { return c.call(function, "POST", path, body) }
	}
	questions := c.call("signup", "GET", "/v1/security-questions", nil)["items"].([]any)
	id := func(i int) any { return questions[i].(map[string]any)["id"] }
	answers := []map[string]any{{"question": id(0), "answer": "Bergensgatan"}, {"question": id(1), "answer": "Whiskers"}}
	const username, password = "harbour.dawn", "nine quiet boats at anchor"
	home := cost("verify an address", 0, 1, post("signup", "/v1/addresses/verify", map[string]any{"street": "400 Broad St", "zip": "98109"}))
	cost("check a username", 0.5, 2, func() map[string]any { return c.call("signup", "GET", "/v1/usernames?name="+username, nil) })
	cost("sign-up", 3, 26, post("signup", "/v1/accounts", map[string]any{"language": "en", "username": username, "password": password,
		"securityAnswers": answers, "type": "personal", "name": map[string]any{"first": "Maria", "last": "Garcia"},
		"email": "maria@example.com", "phone": "+12065550142", "addressToken": home["token"]}))
	login := func(password string) func() map[string]any {
		return post("login", "/v1/sessions", map[string]any{"username": username, "password": password})
	}
	c.token = cost("login, unproved", 3, 3, login(password))["token"].(string)
	cost("prove the e-mail", 5, 18, post("profile", "/v1/account/email/verify", map[string]any{"code": c.code(message.VerifyEmail)}))
	cost("prove the mobile", 3, 11, post("profile", "/v1/account/phone/verify", map[string]any{"code": c.code(message.VerifyPhone)}))
	cost("session check", 1.5, 0, func() map[string]any { return c.call("profile", "GET", "/v1/account", nil) })
	ask := func(path string) func() map[string]any {
		return func() map[string]any { return c.call("tracking", "GET", path, nil) }
	}
	numbers := parcels(t, c.db)
	thirtyFive := "/v1/tracking?numbers=" + strings.Join(numbers, ",")
	cost("track 35 parcels, logged in", 18.5, 0, ask(thirtyFive))
	cost("keep a package", 3.5, 6, func() map[string]any {
		return c.call("tracking", "PUT", "/v1/account/packages/"+numbers[0], map[string]any{"label": "Boots"})
	})
	cost("list one package", 2, 0, ask("/v1/account/packages"))
	scan := func(code string, numbers ...string) func() map[string]any {
		return func() map[string]any { return c.scan(code, numbers...) }
	}
	followed := func(channels ...string) func() map[string]any {
		return func() map[string]any {
			return c.call("tracking", "PUT", "/v1/tracking/"+numbers[1]+"/subscription", map[string]any{"channels": channels, "events": []string{"returned"}})
		}
	}
	cost("follow a parcel", 3, 7, followed("email"))
	cost("follow it otherwise", 3, 7, followed("email", "sms"))
	cost("scan one that nobody follows", 0, 1, scan("09", numbers[0]))
	cost("scan one that is followed, no news", 0, 1, scan("10", numbers[1]))
	cost("scan it with news for two channels", 0, 7, scan("09", numbers[1]))
	cost("scan it again", 0, 1, scan("09", numbers[1]))
	cost("follow it no longer", 2, 4, func() map[string]any {
		return c.call("tracking", "DELETE", "/v1/tracking/"+numbers[1]+"/subscription", nil)
	})
	cart := func(sku string, pack, quantity int) func() map[string]any {
		return func() map[string]any {
			return c.call("supplies", "PUT", "/v1/cart/items/"+sku, map[string]any{"packQuantity": pack, "quantity": quantity})
		}
	}
	cost("catalogue, signed in", 1, 0, func() map[string]any { return c.call("supplies", "GET", "/v1/supplies?kind=labels", nil) })
	cost("cart, a product", 2, 1, cart("LABEL-228", 50, 1))
	cost("cart, a second product", 2, 1, cart("O-FRB1", 10, 1))
	order := cost("order of two products", 2.5, 9, post("supplies", "/v1/orders", map[string]any{}))
	cost("orders", 1.5, 0, func() map[string]any { return c.call("supplies", "GET", "/v1/orders", nil) })
	cost("cancel", 3, 8, post("supplies", fmt.Sprintf("/v1/orders/%v/cancel", order["number"]), nil))
	cart("LABEL-228", 50, 1)()
	c.key = "once"
	cost("order with a key", 3.5, 11, post("supplies", "/v1/orders", map[string]any{}))
	cost("the same again", 3, 0, post("supplies", "/v1/orders", map[string]any{}))
	c.key = ""
	account := fmt.Sprint("/v1/desk/accounts/", c.call("profile", "GET", "/v1/account", nil)["id"])
	called := cost("desk: order at the telephone", 1.5, 11, post("desk", account+"/orders", map[string]any{"reason": "called", "items": []map[string]any{{"sku": "EP14", "packQuantity": 10, "quantity": 1}}}))
	work := func(act string) string { return fmt.Sprintf("/v1/desk/orders/%v/%s", called["number"], act) }
	cost("desk: orders of a status", 0.5, 0, func() map[string]any { return c.call("desk", "GET", "/v1/desk/orders?status=placed", nil) })
	cost("desk: pack", 2, 6, post("desk", work("pack"), map[string]any{}))
	cost("desk: pack again", 2, 0, post("desk", work("pack"), map[string]any{}))
	cost("desk: ship", 2, 8, post("desk", work("ship"), map[string]any{"tracking": "9205500000000000000001"}))
	cost("desk: an account", 4, 0, func() map[string]any { return c.call("desk", "GET", account, nil) })
	c.token = ""
	cost("scan 35 parcels", 0, 35, scan("07", numbers...))
	cost("scan them again", 0, 35, scan("07", numbers...))
	cost("track 35 parcels, anybody", 17.5, 1, ask(thirtyFive))
	cost("track one parcel, anybody", 0.5, 1, ask("/v1/tracking/"+numbers[0]))
	cost("login, new device", 3, 5, login(password))
	cost("failed login", 1.5, 2, login("wrong"))
	cost("failed login, unknown username", 1.5, 2, post("login", "/v1/sessions", map[string]any{"username": "nobody", "password": "wrong"}))
	write := func(email string) func() map[string]any {
		return post("site", "/v1/support/requests", map[string]any{"topic": "other", "message": "Where is my parcel?", "name": "Maria Garcia", "email": email})
	}
	cost("message to customer service", 1, 7, write("garcia@example.org"))
	c.token = login(password)()["token"].(string)
	cost("the same, logged in", 3, 9, write("maria@example.com"))
	c.token = ""
	recovery := cost("recovery start", 2, 2, post("recovery", "/v1/recovery/password", map[string]any{"username": username}))
	cost("recovery start, unknown username", 2, 2, post("recovery", "/v1/recovery/password", map[string]any{"username": "nobody"}))
	cost("recovery, right answers", 5, 12, post("recovery", fmt.Sprintf("/v1/recovery/password/%v/answers", recovery["id"]), map[string]any{"answers": answers}))
	cost("desk: accounts of an e-mail address", 4.5, 0, func() map[string]any {
		return c.call("desk", "GET", "/v1/desk/accounts?email=maria%40example.com", nil)
	})
	act := func(name string, body map[string]any) func() map[string]any {
		body["reason"] = "called"
		return post("desk", account+"/"+name, body)
	}
	cost("desk: unlock", 5, 13, act("unlock", map[string]any{}))
	cost("desk: reset the questions", 4, 13, act("reset-answers", map[string]any{}))
	cost("desk: recovery by e-mail", 5, 18, act("recovery", map[string]any{"way": "email"}))
	cost("desk: proof", 4, 10, act("proof", map[string]any{"document": "passport"}))
	cost("desk: new e-mail address", 4, 17, act("contact", map[string]any{"email": "later@example.com"}))
	t.Logf("\n%s", report.String())
}
