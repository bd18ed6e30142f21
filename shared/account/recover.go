package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// RecoveryLife is how long a recovery that was started can be gone on with.
const RecoveryLife = time.Hour

// The ways of a recovery, which are also the purposes under which their tries are counted.
const (
	RecoverByAnswers Purpose = "recovery-answers"
	RecoverByCode    Purpose = "recovery"
)

// Recovery is one that was started. Questions is empty where none are asked, Hint where no mobile is proved.
type Recovery struct {
	ID        string
	Questions []string
	Hint      string          // "••42"
	Way       message.Channel // by which a code is on its way that an agent has sent; "": the customer chooses
	ExpiresAt time.Time
}

// recovery is the item RECOVERY. One for an unknown username is that of an account that does not exist: it is taken
// through the same calls, and never comes to its end.
type recovery struct {
	Account    string          `json:"account"`
	Decoy      bool            `json:"decoy,omitempty"`
	Username   string          `json:"username"` // folded
	Credential int64           `json:"credential"`
	Device     string          `json:"device,omitempty"` // whose tries and sends are counted, instead of the account's
	Questions  []string        `json:"questions,omitempty"`
	Hint       string          `json:"hint,omitempty"`
	Way        message.Channel `json:"way,omitempty"` // of one that an agent started
	ExpiresAt  time.Time       `json:"expiresAt"`
	Ended      bool            `json:"ended,omitempty"`

	hash    string
	version int64
}

// subject is whose tries are counted.
func (r *recovery) subject() string {
	if r.Device != "" {
		return r.Device
	}
	return r.Account
}

// counted is what sends to an address are counted under.
func (r *recovery) counted(address string) string {
	if r.Device != "" {
		return "device " + r.Device
	}
	return address
}

func recoveryKey(hash string) table.Key { return table.Key{PK: "RECOVERY#" + hash, SK: "RECOVERY"} }

func hashOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// ErrNoRecovery says that an id is unknown, expired, or that of a recovery that has come to its end.
var ErrNoRecovery = fault.New(fault.NotFound, "not_found")

// Recover starts a recovery: LOGIN and PROFILE are read and RECOVERY is written, whether or not they are there. It changes
// nothing of the account. A new account is answered like an unknown username. Questions says whether the operator asks any.
func (s *Store) Recover(ctx context.Context, username, device string, questions bool) (*Recovery, error) {
	l, err := s.login(ctx, username)
	if err != nil {
		return nil, err
	}
	r := &recovery{Username: person.FoldUsername(username), ExpiresAt: s.Now().Add(RecoveryLife).UTC()}
	if err := s.ways(ctx, r, l); err != nil {
		return nil, err
	}
	if known := s.device(ctx, device, l); known != nil {
		r.Device = known.ID
	}
	if !questions {
		r.Questions = nil
	}
	id := rand.Text()
	op, err := create(recoveryKey(hashOf(id)), r, r.ExpiresAt)
	if err != nil {
		return nil, err
	}
	if err := s.accounts().Create(ctx, op.Item); err != nil {
		return nil, fmt.Errorf("starting a recovery of %s: %w", r.Account, err)
	}
	return &Recovery{ID: id, Questions: r.Questions, Hint: r.Hint, ExpiresAt: r.ExpiresAt}, nil
}

// ways fills in whose recovery it is, and the ways open to that account or decoy.
func (s *Store) ways(ctx context.Context, r *recovery, l *login) error {
	d, err := s.decoyOf(ctx, r.Username)
	if err != nil {
		return err
	}
	known := l != nil && l.Status != New && !l.over(s.Now())
	r.Account, r.Decoy = d.ID, !known
	if known {
		r.Account, r.Credential = l.Account, l.Credential
	}
	p, err := s.profileOf(ctx, r, "")
	if err != nil {
		return err
	}
	r.Questions, r.Hint = d.Questions, d.Hint
	if known {
		r.Questions, r.Hint = l.Questions, hintOf(p)
	}
	return nil
}

// profileOf answers the profile of the recovery's account; of a decoy one whose proved number is nobody's.
func (s *Store) profileOf(ctx context.Context, r *recovery, lang locale.Tag) (*profile, error) {
	p, err := s.profile(ctx, r.Account, true)
	if r.Decoy && fault.Code(err) == "not_found" {
		return &profile{Account: Account{ID: r.Account, Language: lang, Phone: r.Account, PhoneVerified: r.Hint != ""}}, nil
	}
	return p, err
}

// Recovering answers a recovery that was started, for the page that goes on with it.
func (s *Store) Recovering(ctx context.Context, id string) (*Recovery, error) {
	r, _, err := s.recovery(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Recovery{id, r.Questions, r.Hint, r.Way, r.ExpiresAt}, nil
}

// recovery answers one that was started, and the LOGIN that it is for, nil for a decoy. A password that was set since has
// ended it. The id of one that an agent started may be typed as a letter's code is.
func (s *Store) recovery(ctx context.Context, id string) (*recovery, *login, error) {
	if folded := credential.FoldLetterCode(id); len(folded) == credential.LetterCodeLength {
		id = folded
	}
	r := &recovery{hash: hashOf(id)}
	item, found, err := s.accounts().Get(ctx, recoveryKey(r.hash), true)
	if err != nil {
		return nil, nil, fmt.Errorf("reading a recovery: %w", err)
	}
	if !found {
		return nil, nil, ErrNoRecovery
	}
	if err := item.Decode(r); err != nil {
		return nil, nil, fmt.Errorf("decoding a recovery: %w", err)
	}
	r.version = item.Version
	l, err := s.login(ctx, r.Username)
	switch {
	case err != nil:
		return nil, nil, err
	case r.Decoy:
		return r, nil, nil
	case r.Ended, l == nil, l.Account != r.Account, l.Credential != r.Credential:
		return nil, nil, ErrNoRecovery
	}
	return r, l, nil
}
