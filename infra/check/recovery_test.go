package check

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/infra/journey"
	"postkontor/shared/activity"
	"postkontor/shared/locale"
	"postkontor/shared/table"
)

// recover brings p, whose password is off, back by both ways; p's password is another then.
func (d *deployment) recover(t *testing.T, v *journey.Visitor, p *journey.Person) {
	t.Helper()
	d.call(t, v, "POST", "/v1/recovery/username", "", fmt.Sprintf(`{"email":%q}`, p.Email), 202)
	path, questions := d.startRecovery(t, v, p)
	d.call(t, v, "POST", path+"/answers", "", answers(t, p, questions, " not"), 422)
	d.call(t, v, "POST", path+"/answers", "", answers(t, p, questions, ""), 202)
	p.Password = d.newest(t, "words", p.Email)
	d.choose(t, v, d.logIn(t, v, *p), p)

	path, _ = d.startRecovery(t, v, p)
	d.call(t, v, "POST", path+"/sms", "", "", 202)
	d.call(t, v, "POST", path+"/code", "", `{"code":"no such code"}`, 422)
	entered := d.call(t, v, "POST", path+"/code", "", fmt.Sprintf(`{"code":%q}`, d.newest(t, "sms", p.Phone)), 201)
	d.choose(t, v, fmt.Sprint(entered["token"]), p)
	if page, err := v.Send("/recover", url.Values{"username": {p.Username}}); err != nil || page.Status != 200 {
		t.Fatalf("/recover led to %s with %d: %v", page.Path, page.Status, err)
	}
}

// startRecovery answers the path of a new recovery, and what it asks.
func (d *deployment) startRecovery(t *testing.T, v *journey.Visitor, p *journey.Person) (path string, questions any) {
	t.Helper()
	started := d.call(t, v, "POST", "/v1/recovery/password", "", fmt.Sprintf(`{"username":%q}`, p.Username), 201)
	ways, _ := started["ways"].([]any)
	if len(ways) != 2 {
		t.Fatalf("the ways are %v", ways)
	}
	return fmt.Sprint("/v1/recovery/password/", started["id"]), member(ways[0], "questions")
}

// answers are p's to the questions of signUp, with something behind them.
func answers(t *testing.T, p *journey.Person, questions any, behind string) string {
	t.Helper()
	var all []map[string]string
	for _, q := range anyList(questions) {
		id := fmt.Sprint(member(q, "id"))
		all = append(all, map[string]string{"question": id, "answer": map[string]string{"first-pet": p.Answers[0], "first-school": p.Answers[1]}[id] + behind})
	}
	body, err := json.Marshal(map[string]any{"answers": all})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// choose sets a password that p had not before.
func (d *deployment) choose(t *testing.T, v *journey.Visitor, token string, p *journey.Person) {
	t.Helper()
	p.Password = fmt.Sprint("nine slow rivers at ", d.ahead.Seconds())
	d.call(t, v, "PUT", "/v1/account/password", token, fmt.Sprintf(`{"newPassword":%q}`, p.Password), 204)
	d.ahead += 61 * time.Second
}

// newest answers the newest secret of a kind that came to an address.
func (d *deployment) newest(t *testing.T, kind, to string) string {
	t.Helper()
	secret, err := d.inbox.code(kind, to)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// wake lets everybody's account fall asleep, after all warnings, and wakes p's by each way.
func (d *deployment) wake(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	for _, way := range []string{"sms", "questions"} {
		d.logIn(t, v, p)
		for _, days := range []time.Duration{1035, 1, 30, 23, 6, 1} {
			d.ahead += days * 24 * time.Hour
			d.sweep(t)
		}
		token := d.logIn(t, v, p)
		asked := d.call(t, v, "GET", "/v1/reactivation", token, "", 200)["questions"]
		d.call(t, v, "POST", "/v1/reactivation", token, answers(t, &p, asked, " not"), 422)
		body := answers(t, &p, asked, "")
		if way == "sms" {
			d.call(t, v, "POST", "/v1/reactivation/code", token, `{"channel":"sms"}`, 202)
			d.call(t, v, "POST", "/v1/reactivation", token, `{"code":"no such code"}`, 422)
			body = fmt.Sprintf(`{"code":%q}`, d.newest(t, "sms", p.Phone))
		}
		woken := d.call(t, v, "POST", "/v1/reactivation", token, body, 200)
		d.call(t, v, "GET", "/v1/sessions", fmt.Sprint(woken["token"]), "", 200)
	}
}

// inWords looks at all that has happened: a customer reads it in words.
func (d *deployment) inWords(t *testing.T) {
	t.Helper()
	err := d.db.Each("accounts", func(item table.Item) error {
		var event activity.Event
		if err := item.Decode(&event); err != nil || !strings.HasPrefix(item.Key.SK, "EVENT#") {
			return err
		}
		if _, ok := locale.Lookup(locale.English, "profile.did."+event.Kind); !ok {
			t.Errorf("%s happened, and no page has words for it", event.Kind)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
