package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/table"
)

// Once makes a request that carries an Idempotency-Key have one effect. Its operation is part of the transaction of the
// effect, so that neither can be without the other; a replay is told by the id of what was made.
type Once struct {
	app  *App
	key  table.Key
	body []byte
}

type onceRecord struct {
	MAC  string `json:"mac"`
	Made string `json:"made"`
}

// Once begins an idempotent request; key "" makes one that remembers nothing. The scope is the route and, when signed
// in, the account: equal keys of different scopes do not meet. The request is what must be equal in a replay; it is
// kept only as a MAC.
func (a *App) Once(scope, key string, request any) (*Once, error) {
	if key == "" {
		return nil, nil
	}
	if len(key) > 64 || !printable(key) {
		return nil, fault.Fields([]fault.Field{{Location: "header.Idempotency-Key", Code: "validation.idempotency_key"}})
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding a request for its idempotency record: %w", err)
	}
	sum := sha256.Sum256([]byte(scope + "\x00" + key))
	return &Once{app: a, body: body,
		key: table.Key{PK: "ONCE#" + base64.RawURLEncoding.EncodeToString(sum[:]), SK: "RECORD"}}, nil
}

// Made answers the id of what the same request made before, "" when it has not been made. The same key with another
// request is idempotency_mismatch.
func (o *Once) Made(ctx context.Context) (string, error) {
	if o == nil {
		return "", nil
	}
	item, found, err := o.app.Limits.Get(ctx, o.key, true)
	if err != nil || !found {
		return "", err
	}
	var record onceRecord
	if err := item.Decode(&record); err != nil {
		return "", fmt.Errorf("reading an idempotency record: %w", err)
	}
	same, err := o.app.Token.CheckMAC(ctx, o.body, record.MAC)
	if err != nil {
		return "", fmt.Errorf("comparing with an idempotency record: %w", err)
	}
	if !same {
		return "", fault.New(fault.Invalid, "idempotency_mismatch")
	}
	return record.Made, nil
}

// Ops answers the operation that remembers what was made, none without a key.
func (o *Once) Ops(ctx context.Context, made string) ([]table.Op, error) {
	if o == nil {
		return nil, nil
	}
	mac, err := o.app.Token.MAC(ctx, o.body)
	if err != nil {
		return nil, fmt.Errorf("signing an idempotency record: %w", err)
	}
	item, err := table.New(o.key, onceRecord{MAC: mac, Made: made})
	item.Expires = o.app.Now().Add(24 * time.Hour)
	return []table.Op{{Verb: table.OpCreate, Table: LimitsDefinition.Name, Item: item}}, err
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
