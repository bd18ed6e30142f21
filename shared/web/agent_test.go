package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postkontor/shared/web"
	"postkontor/shared/web/gateway"
)

// behind answers a GET that came through the gateway with such claims.
func (e *edge) behind(t *testing.T, path string, claims map[string]string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	event, err := gateway.EncodeRequest(r, nil, gateway.Request{Claims: claims})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := gateway.NewHandler(e.Handler()).Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := gateway.WriteResponse(w, answer); err != nil {
		t.Fatal(err)
	}
	return w.Result()
}

// TestWhoIsAnAgent: the gateway's claims say it, the roles in the claim that the operator names, and nothing else does.
func TestWhoIsAnAgent(t *testing.T) {
	t.Parallel()
	e := open(t)
	e.RolesClaim = "cognito:groups"
	e.Page("GET /desk/orders", web.Access{Roles: []web.Role{web.Warehouse}}, func(ctx context.Context, _ *web.Visit) (web.Answer, error) {
		return web.See("/desk/" + web.AgentOf(ctx).Name), nil
	})
	for name, c := range map[string]struct {
		claims map[string]string
		status int
	}{
		"a role in an array":   {map[string]string{"sub": "ann", "cognito:groups": "[counter warehouse]"}, http.StatusSeeOther},
		"a role in a text":     {map[string]string{"sub": "ann", "cognito:groups": "counter warehouse"}, http.StatusSeeOther},
		"another role":         {map[string]string{"sub": "ann", "cognito:groups": "[desk warehouses]"}, http.StatusForbidden},
		"a role in a name":     {map[string]string{"sub": "ann", "cognito:groups": "[app,warehouse team[warehouse] warehouse]]"}, http.StatusForbidden},
		"a role in brackets":   {map[string]string{"sub": "ann", "cognito:groups": "[[warehouse]]"}, http.StatusForbidden},
		"a role elsewhere":     {map[string]string{"sub": "ann", "roles": "[warehouse]"}, http.StatusForbidden},
		"a role without a sub": {map[string]string{"cognito:groups": "[warehouse]"}, http.StatusUnauthorized},
		"nobody":               {nil, http.StatusUnauthorized},
	} {
		answer := e.behind(t, "/desk/orders", c.claims, "Authorization", "Bearer a.b.c", "Cookie", "__Host-session=pks_"+strings.Repeat("A", 69))
		if answer.StatusCode != c.status || c.status == http.StatusSeeOther && answer.Header.Get("Location") != "/desk/ann" {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
	if e.behind(t, "/desk/orders", nil, "Cookie", "__Host-session=pks_"+strings.Repeat("A", 69)); strings.Contains(e.log.String(), `"tableCalls":"1"`) {
		t.Error("at the desk a customer's session is looked for:", e.log.String())
	}
}
