package house_test

import (
	"net/http"
	"strings"
	"testing"

	"postkontor/shared/address/usps"
	"postkontor/shared/message"
	"postkontor/shared/operator/api/played"
)

// TestTheDeskSearchesAsAddressesWereVerified: a home that the live API put right is found under what was typed.
func TestTheDeskSearchesAsAddressesWereVerified(t *testing.T) {
	t.Parallel()
	live := played.New(t, "addresses", "GET /addresses/v3/address", func(*testing.T, *http.Request) {})
	live.Answer = func(int, *http.Request) played.Reply {
		return played.Reply{Status: http.StatusOK, Body: `{"address":{"streetAddress":"400 BROAD ST","city":"SEATTLE","state":"WA","ZIPCode":"98109","ZIPPlus4":"4607"},"additionalInfo":{"DPVConfirmation":"Y"}}`}
	}
	c := move(t, usps.New(live.Config()))
	questions := c.call("signup", "GET", "/v1/security-questions", nil)["items"].([]any)
	id := func(i int) any { return questions[i].(map[string]any)["id"] }
	const username, password, typed = "harbour.dusk", "nine quiet boats at anchor", "400 Brod St"
	home := c.call("signup", "POST", "/v1/addresses/verify", map[string]any{"street": typed, "zip": "98109"})
	c.call("signup", "POST", "/v1/accounts", map[string]any{"language": "en", "username": username, "password": password, "type": "personal",
		"securityAnswers": []map[string]any{{"question": id(0), "answer": "Bergensgatan"}, {"question": id(1), "answer": "Whiskers"}},
		"name":            map[string]any{"first": "Maria", "last": "Garcia"}, "email": "maria@example.com", "phone": "+12065550142", "addressToken": home["token"]})
	c.token, _ = c.call("login", "POST", "/v1/sessions", map[string]any{"username": username, "password": password})["token"].(string)
	c.call("profile", "POST", "/v1/account/email/verify", map[string]any{"code": c.code(message.VerifyEmail)})
	for _, street := range []string{typed, "400 Broad Street"} {
		found := c.call("desk", "GET", "/v1/desk/accounts?zip=98109&last=garcia&street="+strings.ReplaceAll(street, " ", "+"), nil)
		if items, _ := found["items"].([]any); len(items) != 1 {
			t.Errorf("%s finds %v", street, found)
		}
	}
}
