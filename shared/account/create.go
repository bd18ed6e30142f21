package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/activity"
	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/person"
	"postkontor/shared/table"
)

// Unproved is how long an account whose e-mail is not proved is kept.
const Unproved = 7 * 24 * time.Hour

// firstCredential is the credential version of an account whose password was never changed.
const firstCredential = 1

// Registration is a person's wish for an account, valid in itself: the functions that take it in check each field.
type Registration struct {
	Language   locale.Tag
	Username   string
	Password   string
	Answers    []credential.Answer // two, of different questions
	Type       Type
	Company    string
	Name       person.Name
	Email      string
	Phone      string // E.164
	Address    address.Address
	Disposable bool
	IP         string
	UserAgent  string
}

// ErrUsernameTaken says that the name is another account's; who answers adds suggestions.
var ErrUsernameTaken = fault.New(fault.Conflict, "username_taken")

// Create makes the account, its reservation of the username, the codes for e-mail and mobile and the messages that bring
// them, all or nothing. Further operations of the caller (the idempotency record, made for the id) go into the same
// transaction. A lost race for the name is ErrUsernameTaken. An address that got too many codes lately gets none now, and
// the answer does not tell: it would tell who else typed that address.
func (s *Store) Create(ctx context.Context, r Registration, further func(id string) ([]table.Op, error)) (*Account, error) {
	id := s.id()
	l, err := s.newLogin(ctx, id, r)
	if err != nil {
		return nil, err
	}
	p := s.newProfile(id, r)
	for {
		ops, err := s.creation(ctx, l, p, r, further)
		if err != nil {
			return nil, err
		}
		err = s.DB.Transact(ctx, ops...)
		var conflict *table.Conflict
		switch {
		case err == nil:
			return &p.Account, nil
		case !errors.As(err, &conflict) || ctx.Err() != nil:
			return nil, fmt.Errorf("creating an account: %w", err)
		case ops[conflict.Op].Item.Key == loginKey(r.Username):
			return nil, ErrUsernameTaken
		case !strings.HasPrefix(ops[conflict.Op].Item.Key.PK, "SENDS#"):
			return nil, fmt.Errorf("creating an account: %w", err)
		}
	}
}

// creation is the transaction of Create; the reservation of the username comes first.
func (s *Store) creation(ctx context.Context, l *login, p *profile, r Registration, further func(id string) ([]table.Op, error)) ([]table.Op, error) {
	var b batch
	b.add(create(loginKey(l.Username), l, time.Time{}))
	b.add(create(profileKey(p.ID), p, time.Time{}))
	b.add(create(contactKey(ProveEmail, p.Email, p.ID), contact{}, time.Time{}))
	b.add(create(contactKey(ProvePhone, p.Phone, p.ID), contact{}, time.Time{}))
	b.add(s.event(p.ID, activity.Event{Kind: "created", IP: r.IP, UserAgent: r.UserAgent}))
	for _, purpose := range []Purpose{ProveEmail, ProvePhone} {
		ops, err := s.newCode(ctx, &p.Account, purpose)
		if fault.Code(err) == "sending_too_often" {
			continue
		}
		b.all(ops, err)
	}
	key, err := s.guessKey(ctx, l.Username, nil)
	b.add(remove(limits, key), err) // what was guessed while nobody had the name does not count against its owner
	b.all(further(p.ID))
	return b.ops, b.err
}

func (s *Store) newLogin(ctx context.Context, id string, r Registration) (*login, error) {
	password, err := s.Hasher.Hash(ctx, credential.NormalizePassword(r.Password))
	if err != nil {
		return nil, fmt.Errorf("hashing a password: %w", err)
	}
	questions, answers, err := s.hashAnswers(ctx, r.Answers)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	return &login{Account: id, Username: r.Username, Status: New, Language: r.Language, LastActiveDay: day(now), Credential: firstCredential,
		Password: password, Questions: questions, Answers: answers, Due: dueKey(now.Add(Unproved), id)}, nil
}

func (s *Store) newProfile(id string, r Registration) *profile {
	return &profile{Disposable: r.Disposable, Account: Account{ID: id, Username: r.Username, Type: r.Type, Status: New,
		Language: r.Language, Name: r.Name, Company: r.Company, Email: r.Email, Phone: r.Phone, Address: r.Address,
		CreatedAt: s.Now().UTC().Truncate(time.Second)}}
}

// Free answers which of the usernames nobody has, in their order; up to 100.
func (s *Store) Free(ctx context.Context, usernames []string) ([]string, error) {
	keys := make([]table.Key, len(usernames))
	for i, name := range usernames {
		keys[i] = loginKey(name)
	}
	items, err := s.accounts().GetMany(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("looking usernames up: %w", err)
	}
	taken := map[string]bool{}
	for _, item := range items {
		taken[item.Key.PK] = true
	}
	var free []string
	for i, name := range usernames {
		if !taken[keys[i].PK] {
			free = append(free, name)
		}
	}
	return free, nil
}

func orNil(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

// contact is the item that finds accounts by e-mail or telephone.
type contact struct {
	Proved bool      `json:"proved"`
	From   time.Time `json:"from,omitzero"` // an agent entered it: it is proved then
}
