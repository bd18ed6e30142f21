package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// deviceLife is how long a device is known after its last login.
const deviceLife = 365 * 24 * time.Hour

const devicePrefix = "pkd_"

// device is a browser or client that logged in to an account before (an OWASP device cookie): it has counters of its own,
// so that a stranger's guesses never lock it out. Its token is signed and begins with the account; nothing is stored.
type device struct {
	ID    string    `json:"d"`
	Epoch int64     `json:"e"` // the account's; a recovery raises it and so ends all devices
	Until time.Time `json:"u"`
}

// device answers the device whose token is among tokens (apart by "~"), when it is this account's and lives; else nil, as
// if there were none.
func (s *Store) device(ctx context.Context, tokens string, l *login) *device {
	if l == nil {
		return nil
	}
	for _, token := range strings.SplitN(tokens, "~", 6) {
		rest, ours := strings.CutPrefix(token, devicePrefix+l.Account)
		payload, mac, found := strings.Cut(rest, ".")
		if !ours || !found || len(token) > 512 {
			continue
		}
		if same, err := s.Token.CheckMAC(ctx, []byte("device\x00"+l.Account+payload), mac); err != nil || !same {
			continue
		}
		d := &device{}
		plain, err := base64.RawURLEncoding.DecodeString(payload)
		if err == nil && json.Unmarshal(plain, d) == nil && d.Epoch == l.Devices && s.Now().Before(d.Until) {
			return d
		}
	}
	return nil
}

// deviceToken answers the token of a device for another year; of a new device when known is nil.
func (s *Store) deviceToken(ctx context.Context, l *login, known *device) (string, error) {
	d := device{ID: rand.Text(), Epoch: l.Devices, Until: s.Now().Add(deviceLife).UTC().Truncate(time.Second)}
	if known != nil {
		d.ID = known.ID
	}
	plain, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	payload := base64.RawURLEncoding.EncodeToString(plain)
	mac, err := s.Token.MAC(ctx, []byte("device\x00"+l.Account+payload))
	return devicePrefix + l.Account + payload + "." + mac, err
}
