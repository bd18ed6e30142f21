package check

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/infra/house"
	"postkontor/infra/journey"
	"postkontor/shared/web/gateway"
)

// agent stands for a token whose holder may do everything at the desk.
const agent = "an agent's token"

// asAgent serves a request as the gateway hands it over behind its authorizer.
func asAgent(w http.ResponseWriter, r *http.Request, function http.Handler) error {
	if r.Header.Get("Authorization") != "Bearer "+agent {
		w.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	event, err := gateway.EncodeRequest(r, body, gateway.Request{Claims: map[string]string{"sub": "ann", "roles": "[desk warehouse counter]"}})
	if err != nil {
		return err
	}
	answer, err := gateway.NewHandler(function).Invoke(r.Context(), event)
	if err != nil {
		return err
	}
	return gateway.WriteResponse(w, answer)
}

// atTheDesk walks through all that agents do for customers: for one who is locked out, has forgotten everything, has
// another address and orders by telephone, and for a second one of that name at that address.
func (d *deployment) atTheDesk(t *testing.T, v *journey.Visitor) {
	t.Helper()
	p, double := journey.Fictional("five"), journey.Fictional("six")
	p.Phone, double.Phone = "+12025550150", "+12025550151"
	for _, who := range []*journey.Person{&p, &double} {
		d.ahead += 25 * time.Hour // another request of that key
		who.First, who.Last = "Hanna", "Lockkeeper"
		d.signUp(t, v, *who)
	}
	token := d.logIn(t, v, p)
	d.ahead += 61 * time.Second
	d.call(t, v, "POST", "/v1/account/phone/code", token, "", 202)
	d.prove(t, v, token, "phone", p.Phone)
	for range 5 {
		d.call(t, v, "POST", "/v1/sessions", "", fmt.Sprintf(`{"username":%q,"password":"not the right password"}`, p.Username), 401)
	}
	ask := func(method, path, body string, status int) map[string]any {
		t.Helper()
		return d.call(t, v, method, "/v1/desk/"+path, agent, body, status)
	}
	found := func(query string) string {
		t.Helper()
		items := anyList(ask("GET", "accounts?"+query, "", 200)["items"])
		if len(items) == 0 {
			t.Fatalf("nobody is found by %s", query)
		}
		return "accounts/" + fmt.Sprint(member(items[0], "id"))
	}
	home := strings.NewReplacer(" ", "+").Replace(fmt.Sprintf("zip=%s&street=%s&last=%s", p.Zip, p.Street, p.Last))
	for _, query := range []string{"username=" + p.Username, "email=" + p.Email, "phone=" + strings.TrimPrefix(p.Phone, "+1"), home} {
		found(query)
	}
	account := found("username=" + p.Username)
	const reason = `"reason":"Called, and named the last two orders"`
	ask("POST", account+"/unlock", `{`+reason+`}`, 200)
	for _, way := range []string{"email", "sms", "letter"} {
		ask("POST", account+"/recovery", `{"way":"`+way+`",`+reason+`}`, 202)
		d.ahead += 61 * time.Second
	}
	ask("POST", account+"/reset-answers", `{`+reason+`}`, 200)
	ask("POST", account+"/proof", `{"document":"passport",`+reason+`}`, 200)
	ask("POST", account+"/contact", `{"email":"lockkeeper@mail.example","phone":"+12025550152",`+reason+`}`, 200)
	ask("POST", found("username="+double.Username)+"/release", `{`+reason+`}`, 200)
	d.supplyByTelephone(ask, v, account)
	d.reviewElsewhere(t, account)
	for _, page := range []string{account, account + "/activity", "orders"} {
		if answer, err := v.Call("GET", "/desk/"+page, agent, ""); err != nil || answer.Status != http.StatusOK {
			t.Fatalf("/desk/%s answered %d: %v", page, answer.Status, err)
		}
	}
}

// reviewElsewhere has another address checked for an order.
func (d *deployment) reviewElsewhere(t *testing.T, account string) {
	t.Helper()
	form := url.Values{"item": {"EP14F*10*1"}, "reason": {"Called"}, "street": {"400 Broad St"}, "zip": {"98109"}}
	request, err := http.NewRequest(http.MethodPost, "https://account.example/desk/"+account+"/order", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+agent)
	answer, err := d.door.RoundTrip(request)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the order to another address answered %v: %v", answer, err)
	}
}

// supplyByTelephone orders for an account, twice with one key, and brings one order to the door.
func (d *deployment) supplyByTelephone(ask func(method, path, body string, status int) map[string]any, v *journey.Visitor, account string) {
	const order = `{"items":[{"sku":"EP14F","packQuantity":10,"quantity":1}],"reason":"Called"}`
	var number string
	for range 2 {
		v.Key = "one call"
		number = fmt.Sprint(ask("POST", account+"/orders", order, 201)["number"])
	}
	_, id, _ := strings.Cut(account, "/")
	for _, query := range []string{"number=" + number, "status=placed", "account=" + id} {
		ask("GET", "orders?"+query, "", 200)
	}
	ask("GET", "accounts?order="+number, "", 200)
	ask("POST", "orders/"+number+"/back-order", `{}`, 200)
	ask("POST", "orders/"+number+"/pack", `{}`, 200)
	ask("POST", "orders/"+number+"/ship", `{"tracking":"9400100000000000000006"}`, 200)
	ask("POST", "orders/"+number+"/deliver", `{}`, 200)
}

// TestOnlyAgentsReachTheDesk: the gateway's authorizer, of the operator's provider, stands before every route that is for
// agents, and before no other.
func TestOnlyAgentsReachTheDesk(t *testing.T) {
	t.Parallel()
	authorizer := template(t)["Agents"]
	if kind := fmt.Sprint(authorizer.Properties["AuthorizerType"]); authorizer.Type != "AWS::ApiGatewayV2::Authorizer" || kind != "JWT" ||
		member(authorizer.Properties, "JwtConfiguration", "Issuer", "Ref") != "AgentIssuer" ||
		fmt.Sprint(member(authorizer.Properties, "JwtConfiguration", "Audience")) != "[map[Ref:AgentAudience]]" {
		t.Errorf("the authorizer is %v", authorizer)
	}
	g := newGateway(t)
	for name, app := range house.Plain().Functions() {
		document := app.API.OpenAPI()
		for _, pattern := range app.Routes() {
			method, path, _ := strings.Cut(pattern, " ")
			wanted := strings.HasPrefix(path, "/desk/")
			if item := document.Paths[path]; item != nil {
				operation := map[string]any{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete}[method]
				var text bytes.Buffer
				fmt.Fprintf(&text, "%+v", operation)
				wanted = strings.Contains(text.String(), "Security:[map[agent:[]]]")
			}
			if route := g.route(method, strings.TrimSuffix(path, "{$}")); route.agents != wanted {
				t.Errorf("%s of %s: behind the authorizer %t, for agents %t", pattern, name, route.agents, wanted)
			}
		}
	}
	if route := g.route("OPTIONS", "/v1/desk/orders"); route.agents || route.function != "desk" {
		t.Errorf("a browser's preflight goes to %+v", route)
	}
	for _, id := range of(t, "AWS::ApiGatewayV2::Route") {
		properties := template(t)[id].Properties
		if key := fmt.Sprint(properties["RouteKey"]); (properties["AuthorizationType"] == "JWT") != (member(properties, "AuthorizerId", "Ref") == "Agents") {
			t.Errorf("%s is guarded by halves", key)
		}
	}
}
