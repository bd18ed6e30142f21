package address_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/secret"
)

// ring is a source of one fresh ring for each name.
type ring map[secret.Name]string

func (r ring) Parameter(_ context.Context, name secret.Name) (string, error) {
	if r[name] == "" {
		return "", errors.New("not there")
	}
	return r[name], nil
}

func newRing(t *testing.T) ring {
	t.Helper()
	made, err := secret.Generate(nil, "k1")
	if err != nil {
		t.Fatal(err)
	}
	r := ring{}
	for _, p := range made {
		r[p.Name] = p.Value
	}
	return r
}

func TestTokenBringsTheAddressBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tokens := &address.Tokens{Key: secret.NewKey(newRing(t), secret.Token), Now: func() time.Time { return now }}
	r := verify(t, address.Entry{Street: "150 Calle A Apt 4", Urbanization: "Las Gladiolas", City: "San Juan", Zip: "00926-1234"})
	token, err := tokens.Sign(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_.-]+$`).MatchString(token) || len(token) > 400 {
		t.Errorf("%d characters, or not URL-safe: %s", len(token), token)
	}
	for _, later := range []time.Duration{0, 30 * time.Minute, time.Hour - time.Second} {
		now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).Add(later)
		if got, err := tokens.Open(t.Context(), token); err != nil || got != r.Address {
			t.Errorf("after %s: %+v, %v", later, got, err)
		}
	}
	now = now.Add(time.Second)
	if _, err := tokens.Open(t.Context(), token); fault.Code(err) != "address_unverified" {
		t.Errorf("after an hour: %v", err)
	}
}

func TestTokenOfTheLongestAddressFitsACookie(t *testing.T) {
	t.Parallel()
	tokens := &address.Tokens{Key: secret.NewKey(newRing(t), secret.Token), Now: time.Now}
	long := strings.Repeat("&", address.MaxLength)
	token, err := tokens.Sign(t.Context(), address.Result{Status: address.Verified, Address: address.Address{
		Street: long, Secondary: long, Urbanization: long, City: "MARSHALL ISLANDS", State: "MH", Zip: "96960", Zip4: "1234"}})
	if err != nil || len(token) > 3500 {
		t.Errorf("%d characters, %v", len(token), err)
	}
}

func TestTokenOfAnythingElseIsRefused(t *testing.T) {
	t.Parallel()
	source := newRing(t)
	key := secret.NewKey(source, secret.Token)
	tokens := &address.Tokens{Key: key, Now: time.Now}
	token, err := tokens.Sign(t.Context(), verify(t, address.Entry{Street: "400 Broad St", Zip: "98109"}))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := (&address.Tokens{Key: secret.NewKey(newRing(t), secret.Token), Now: time.Now}).Sign(t.Context(), verify(t, address.Entry{Street: "400 Broad St", Zip: "98109"}))
	payload, _, _ := strings.Cut(token, ".")
	plainMAC, _ := key.MAC(t.Context(), []byte(payload)) // a token of another purpose
	for _, wrong := range []string{"", ".", "x", token + "A", "A" + token, token[:len(token)-2], payload, payload + "." + plainMAC, other, strings.ToLower(token), "é" + token} {
		_, err := tokens.OpenAt(t.Context(), "body.sender", wrong)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "address_unverified" || f.Fields[0].Location != "body.sender" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for _, status := range []address.Status{address.Incomplete, address.Undeliverable, ""} {
		if token, err := tokens.Sign(t.Context(), address.Result{Status: status}); err == nil {
			t.Errorf("%q is signed: %s", status, token)
		}
	}
	dead := &address.Tokens{Key: secret.NewKey(ring{}, secret.Token), Now: time.Now}
	if _, err := dead.Open(t.Context(), token); err == nil || fault.Code(err) != "" {
		t.Errorf("without keys: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 101)
	for _, c := range []struct {
		e    address.Entry
		want string
	}{
		{address.Entry{Street: "400 Broad St"}, ""},
		{address.Entry{Street: " "}, ""},
		{address.Entry{Street: "?", City: "?", State: "?", Zip: "?"}, ""},
		{address.Entry{Street: long[:200]}, ""},
		{address.Entry{}, "body.street validation.required"},
		{address.Entry{Street: long}, "body.street validation.too_long"},
		{address.Entry{Street: "400 Broad St\nSeattle"}, "body.street validation.characters"},
		{address.Entry{Street: "400\x00"}, "body.street validation.characters"},
		{address.Entry{Street: "400\xff"}, "body.street validation.characters"},
		{address.Entry{Street: "1", Secondary: long, City: "\t", Zip: "\u0085"}, "body.secondary validation.too_long, body.city validation.characters, body.zip validation.characters"},
		{address.Entry{Street: "1", Urbanization: long, State: long}, "body.urbanization validation.too_long, body.state validation.too_long"},
	} {
		var got []string
		for _, f := range address.Check("body", c.e) {
			got = append(got, f.Location+" "+f.Code)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%.60q: %s, want %s", c.e, strings.Join(got, ", "), c.want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e    address.Entry
		want string
	}{
		{address.Entry{Street: "400 Broad St Apt 4", Zip: "98109-4607"}, "400 BROAD ST APT 4/SEATTLE WA 98109-4607"},
		{address.Entry{Street: "150 Calle A", Urbanization: "Las Gladiolas", Zip: "00926"}, "URB LAS GLADIOLAS/150 CALLE A/SAN JUAN PR 00926"},
		{address.Entry{Street: "PSC 802 Box 74", Zip: "09001"}, "PSC 802 BOX 74/APO AE 09001"},
	} {
		if got := strings.Join(address.Lines(verify(t, c.e).Address), "/"); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
