package address

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/secret"
)

// TokenLife is how long a token is good, as often as needed: a household signs up with one.
const TokenLife = time.Hour

// purpose stands in what is signed, so that no other token made with the same ring passes for an address.
const purpose = "address\x00"

// Tokens signs addresses that were verified, so that they come back unchanged. A token is "BASE64URL.ID.BASE64URL": the
// address and its expiry, and their MAC. It can be read by who holds it, its owner; letters, digits, "-", "_" and "." only.
type Tokens struct {
	Key *secret.Key // the ring secret.Token
	Now func() time.Time
}

// signed is what a token holds.
type signed struct {
	Expires int64   `json:"x"` // Unix seconds
	Address Address `json:"a"`
}

// Sign answers a token for the address of a usable result.
func (t *Tokens) Sign(ctx context.Context, r Result) (string, error) {
	if !r.Usable() {
		return "", fmt.Errorf("signing an address that is %s", r.Status)
	}
	plain, err := json.Marshal(signed{t.Now().Add(TokenLife).Unix(), r.Address})
	if err != nil {
		return "", fmt.Errorf("signing an address: %w", err)
	}
	payload := base64.RawURLEncoding.EncodeToString(plain)
	mac, err := t.Key.MAC(ctx, []byte(purpose+payload))
	if err != nil {
		return "", fmt.Errorf("signing an address: %w", err)
	}
	return payload + "." + mac, nil
}

// Open answers the address of a token in the field body.addressToken. See OpenAt.
func (t *Tokens) Open(ctx context.Context, token string) (Address, error) {
	return t.OpenAt(ctx, "body.addressToken", token)
}

// OpenAt answers the address of a token. What Sign did not make, or made over an hour ago, is the fault
// address_unverified of the field at location.
func (t *Tokens) OpenAt(ctx context.Context, location, token string) (Address, error) {
	refused := fault.Fields([]fault.Field{{Location: location, Code: "address_unverified"}})
	payload, mac, _ := strings.Cut(token, ".")
	ok, err := t.Key.CheckMAC(ctx, []byte(purpose+payload), mac)
	if err != nil {
		return Address{}, fmt.Errorf("opening an address token: %w", err)
	}
	if !ok {
		return Address{}, refused
	}
	var s signed
	plain, err := base64.RawURLEncoding.DecodeString(payload)
	if err == nil {
		err = json.Unmarshal(plain, &s)
	}
	if err != nil {
		return Address{}, fmt.Errorf("opening a signed address: %w", err)
	}
	if t.Now().Unix() >= s.Expires {
		return Address{}, refused
	}
	return s.Address, nil
}
