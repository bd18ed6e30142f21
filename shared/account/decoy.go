package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/oklog/ulid/v2"
)

// decoy is what stands for an account that is not there: its id, and the ways of recovery that it would have. It is always
// the same for one username, and as likely as an account's.
type decoy struct {
	ID        string
	Questions []string // in the order of their ids, as an account's
	Hint      string   // "" for an account without a proved mobile
}

// popular says how often out of a hundred a question is somebody's first choice: the first of the list most. Other numbers
// or other ids change all decoys, and show thereby that they are.
var popular = []struct {
	id    string
	share int
}{{"first-pet", 24}, {"first-school", 15}, {"childhood-street", 12}, {"childhood-friend", 8}, {"best-teacher", 6}, {"first-job-town", 5},
	{"parents-met", 6}, {"grandmother", 6}, {"oldest-cousin", 4}, {"first-car", 9}, {"first-concert", 3}, {"childhood-book", 2}}

// withMobile is how many accounts of a hundred have a proved mobile number.
const withMobile = 93

// decoyOf answers the decoy of a name, which is folded: a username, or an e-mail address.
func (s *Store) decoyOf(ctx context.Context, name string) (decoy, error) {
	key, _, err := s.Decoy.Bytes(ctx, "")
	if err != nil {
		return decoy{}, fmt.Errorf("the key of decoys: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("recovery\x00" + name))
	dice := mac.Sum(nil)
	throw := func(sides int) int {
		n := int(binary.BigEndian.Uint16(dice)) % sides
		dice = dice[2:]
		return n
	}
	d := decoy{ID: ulid.ULID(dice[16:]).String()}
	first := question(throw(100), -1)
	second := question(throw(100-popular[first].share), first)
	d.Questions = []string{popular[first].id, popular[second].id}
	slices.Sort(d.Questions)
	if throw(100) < withMobile {
		d.Hint = fmt.Sprintf("%s%02d", hidden, throw(100))
	}
	return d, nil
}

// question answers which question a throw of the dice falls on, leaving one out.
func question(throw, but int) int {
	for i, p := range popular {
		if i == but {
			continue
		}
		if throw -= p.share; throw < 0 {
			return i
		}
	}
	return len(popular) - 1
}

// hidden stands for the digits of a number that are not shown.
const hidden = "••"

// hintOf answers what is shown of a proved number: its last two digits.
func hintOf(p *profile) string {
	if !p.PhoneVerified || len(p.Phone) < 2 {
		return ""
	}
	return hidden + p.Phone[len(p.Phone)-2:]
}
