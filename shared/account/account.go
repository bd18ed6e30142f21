// Package account is the account's life: creating it, proving its addresses, logging in, changing it.
//
// The table accounts:
//
//	USERNAME#folded / LOGIN       what a login needs, and decides it alone; index due: DUE#day#shard. Of a name that was left:
//	                              for whom it is kept; exp
//	ACCOUNT#id / PROFILE          what the customer sees; the status is copied here in the same transaction
//	ACCOUNT#id / EVENT#ulid       activity, kept 2 years
//	ACCOUNT#id / CODE#purpose     the one living code of that purpose, hashed; exp
//	ACCOUNT#id / CHANGE#hash      what stood before a change, for the token in its notices; exp
//	ACCOUNT#id / AWAITED#purpose  an address that an agent entered and that is not in force yet; index due
//	ACCOUNT#id / WARNED#day#stage a warning given to who was last active on that day, so many days ahead
//	ACCOUNT#id / PACKAGE#number   a package that the customer keeps, beside PACKAGES, their count: package saved
//	ACCOUNT#id / FOLLOW#number    a parcel that the customer follows; exp: package follow
//	DUE#SWEPT / DAY               how far the sweep has come
//	EMAIL#folded / ACCOUNT#id     who uses an e-mail address, and whether it is proved (not unique: a household shares)
//	PHONE#e164 / ACCOUNT#id       likewise
//	ADDRESS#hmac / PERSON#hmac    the claim: one account per person and address
//
// Uniqueness of a username and of a claim is one conditional write in the transaction that needs it. Tries of codes are
// counted in the table limits under TRIES#id#purpose, wrong passwords under GUESSES#hmac; HINT#id is there
// while the holder of a claim gets no second hint.
package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/oklog/ulid/v2"

	"postkontor/shared/address"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/person"
	"postkontor/shared/secret"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Definition is the table of this package.
var Definition = table.Definition{Name: "accounts", TTL: true, Indexes: []table.Index{{Name: "due", Partition: "due"}}}

// limits is where tries are counted; the table is package web's.
const limits = message.LimitsTable

// Status is where an account stands in its life.
type Status string

// The statuses. Only an active account may order, buy labels and enrol.
const (
	New      Status = "new"      // its e-mail is not proved yet
	Active   Status = "active"   //
	Flagged  Status = "flagged"  // another account holds the claim of this person at this address
	Inactive Status = "inactive" // unused for years
	Closed   Status = "closed"
)

// Scope is what a session of an account in this status may do.
func (s Status) Scope() session.Scope {
	switch s {
	case Flagged:
		return session.Flagged
	case Inactive:
		return session.Reactivate
	case Closed:
		return session.Closed
	}
	return session.Full
}

// Type tells a person's account from a firm's.
type Type string

// The types.
const (
	Personal Type = "personal"
	Business Type = "business"
)

// Account is what its holder sees of it.
type Account struct {
	ID            string          `json:"id"`
	Username      string          `json:"username"`
	Type          Type            `json:"type"`
	Status        Status          `json:"status"`
	Language      locale.Tag      `json:"language"`
	Name          person.Name     `json:"name"`
	Company       string          `json:"company,omitempty"`
	Email         string          `json:"email"`
	EmailVerified bool            `json:"emailVerified"`
	PendingEmail  string          `json:"pendingEmail,omitempty"`
	Phone         string          `json:"phone"`
	PhoneVerified bool            `json:"phoneVerified"`
	PendingPhone  string          `json:"pendingPhone,omitempty"`
	NewEmail      *Awaited        `json:"newEmail,omitempty"`
	NewPhone      *Awaited        `json:"newPhone,omitempty"`
	Address       address.Address `json:"address"`
	CreatedAt     time.Time       `json:"createdAt"`
	ClaimAt       *time.Time      `json:"claimAt,omitempty"` // flagged, the letter's code entered: when it takes the claim
}

// contact answers the address of a purpose that is in force, and the one that waits for its proof.
func (a *Account) contact(p Purpose) (value, pending *string, verified *bool) {
	if p == ProvePhone {
		return &a.Phone, &a.PendingPhone, &a.PhoneVerified
	}
	return &a.Email, &a.PendingEmail, &a.EmailVerified
}

// Unproved answers what a code of that purpose goes to: the address that waits, else the one in force; "" when nothing
// is left to prove.
func (a *Account) Unproved(p Purpose) string {
	value, pending, verified := a.contact(p)
	switch {
	case *pending != "":
		return *pending
	case *verified:
		return ""
	}
	return *value
}

// profile is the item PROFILE.
type profile struct {
	Account
	Claim      *claim `json:"claim,omitempty"`      // what it holds
	Disposable bool   `json:"disposable,omitempty"` // the e-mail's domain is a throw-away one: marked, not refused
	closing
	duplicate
	Proof *ShownProof `json:"proof,omitempty"`

	version int64
}

// login is the item LOGIN.
type login struct {
	Account       string     `json:"account"`
	Username      string     `json:"username"` // as it was typed
	Status        Status     `json:"status"`
	Language      locale.Tag `json:"language"`
	LastActiveDay string     `json:"lastActiveDay"` // "2026-11-24", UTC
	Credential    int64      `json:"credential"`    // raised by every change of password
	Password      string     `json:"password"`
	Questions     []string   `json:"questions"`           // their ids, in order
	Answers       string     `json:"answers"`             // one hash over the folded answers in that order
	Due           string     `json:"due,omitempty"`       // the bucket in which the sweep finds it, "" never
	Warned        *warned    `json:"warned,omitempty"`    // that it is to be deactivated
	Temporary     *temporary `json:"temporary,omitempty"` // beside the password, until one of them is used
	Devices       int64      `json:"devices,omitempty"`   // the epoch of device tokens
	Doubtful      bool       `json:"doubtful,omitempty"`  // recovered by SMS after a year: every login first answers or enters a code
	ClosedAt      time.Time  `json:"closedAt,omitzero"`   // it logs in for ClosedKept from then
	Left          bool       `json:"left,omitempty"`      // the name is kept for Account, which left it; nobody logs in by it

	version int64
}

// temporary is a password that is good once, to choose a new one.
type temporary struct {
	Hash    string    `json:"hash"`
	Expires time.Time `json:"expires"`
	Used    bool      `json:"used,omitempty"` // it stays until a new one is chosen, which must be another
}

// Store is the accounts and their rules.
type Store struct {
	DB       table.Database
	Sessions *session.Store
	Hasher   *credential.Hasher
	Codes    *secret.Key // the pepper ring
	Decoy    *secret.Key // hides claims and counters: never rotated while claims stand
	Token    *secret.Key // signs device tokens
	Outbox   *message.Outbox
	Throttle *message.Throttle
	Now      func() time.Time
	Rand     io.Reader
}

// NewStore answers the accounts of a database, with the keys Pepper, Decoy, Token and SealPublic of the source.
func NewStore(db table.Database, keys secret.Source, now func() time.Time) *Store {
	decoy := secret.NewKey(keys, secret.Decoy)
	pepper := secret.NewKey(keys, secret.Pepper)
	return &Store{
		DB:       db,
		Sessions: &session.Store{Table: db.Table(session.Definition.Name), Now: now},
		Hasher:   credential.NewHasher(pepper),
		Codes:    pepper,
		Decoy:    decoy,
		Token:    secret.NewKey(keys, secret.Token),
		Outbox:   &message.Outbox{Sealer: secret.NewSealer(keys), Now: now},
		Throttle: &message.Throttle{Table: db.Table(limits), Key: decoy},
		Now:      now,
		Rand:     rand.Reader,
	}
}

func (s *Store) accounts() table.Table { return s.DB.Table(Definition.Name) }

// day is a day as it is stored.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// id makes a new sortable id.
func (s *Store) id() string { return ulid.MustNew(ulid.Timestamp(s.Now()), s.Rand).String() }

func loginKey(username string) table.Key {
	return table.Key{PK: "USERNAME#" + person.FoldUsername(username), SK: "LOGIN"}
}

func profileKey(id string) table.Key { return table.Key{PK: "ACCOUNT#" + id, SK: "PROFILE"} }

// contactKey is where an account is found by e-mail or telephone.
func contactKey(p Purpose, value, id string) table.Key {
	if p == ProvePhone {
		return table.Key{PK: "PHONE#" + value, SK: "ACCOUNT#" + id}
	}
	return table.Key{PK: "EMAIL#" + person.FoldEmail(value), SK: "ACCOUNT#" + id}
}

// Get answers an account as its holder sees it, in one read: what has waited long enough shows at its first use.
func (s *Store) Get(ctx context.Context, id string) (*Account, error) {
	p, err := s.stored(ctx, id, false)
	if err != nil {
		return nil, err
	}
	return &p.Account, nil
}

// profile answers the item PROFILE, in which everything that has waited long enough is in force.
func (s *Store) profile(ctx context.Context, id string, consistent bool) (*profile, error) {
	p, err := s.stored(ctx, id, consistent)
	if err != nil || !p.ripe(s.Now(), addressed...) {
		return p, err
	}
	if err := s.ripen(ctx, id); err != nil {
		return nil, err
	}
	return s.stored(ctx, id, true)
}

func (s *Store) stored(ctx context.Context, id string, consistent bool) (*profile, error) {
	item, found, err := s.accounts().Get(ctx, profileKey(id), consistent)
	if err != nil {
		return nil, fmt.Errorf("reading the profile of %s: %w", id, err)
	}
	if !found {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	p := &profile{version: item.Version}
	if err := item.Decode(p); err != nil {
		return nil, fmt.Errorf("decoding the profile of %s: %w", id, err)
	}
	return p, nil
}

// both answers the two items that an account is made of; a race lost to a change of username is table.ErrCondition.
func (s *Store) both(ctx context.Context, id string) (*profile, *login, error) {
	p, err := s.profile(ctx, id, true)
	if err != nil {
		return nil, nil, err
	}
	l, err := s.login(ctx, p.Username)
	if err == nil && (l == nil || l.Account != id) {
		err = fmt.Errorf("the login of %s: %w", id, table.ErrCondition)
	}
	return p, l, err
}

// login answers the LOGIN item of a username, nil when nobody logs in by it.
func (s *Store) login(ctx context.Context, username string) (*login, error) {
	l, err := s.named(ctx, username)
	if l != nil && l.Left {
		return nil, err
	}
	return l, err
}

// named answers what stands under a username, nil when it is free; what cannot be a username becomes no key.
func (s *Store) named(ctx context.Context, username string) (*login, error) {
	if person.CheckUsername("", username) != nil {
		return nil, nil
	}
	item, found, err := s.accounts().Get(ctx, loginKey(username), true)
	if err != nil {
		return nil, fmt.Errorf("reading a login: %w", err)
	}
	if !found {
		return nil, nil
	}
	l := &login{version: item.Version}
	if err := item.Decode(l); err != nil {
		return nil, fmt.Errorf("decoding the login of %s: %w", l.Account, err)
	}
	return l, nil
}

// create, replace and put make the operations of this package's transactions.
func create(key table.Key, v any, expires time.Time) (table.Op, error) {
	item, err := table.New(key, v)
	item.Expires = expires
	return table.Op{Verb: table.OpCreate, Table: Definition.Name, Item: item}, err
}

func replace(key table.Key, v any, version int64) (table.Op, error) {
	item, err := table.New(key, v)
	item.Version = version
	return table.Op{Verb: table.OpReplace, Table: Definition.Name, Item: item}, err
}

func put(key table.Key, v any, expires time.Time) (table.Op, error) {
	op, err := create(key, v, expires)
	op.Verb = table.OpPut
	return op, err
}

func remove(tableName string, key table.Key) table.Op {
	return table.Op{Verb: table.OpDelete, Table: tableName, Item: table.Item{Key: key, Version: table.AnyVersion}}
}

// batch collects the operations of one transaction and the first error in making one.
type batch struct {
	ops []table.Op
	err error
}

func (b *batch) add(op table.Op, err error) {
	b.ops = append(b.ops, op)
	if b.err == nil {
		b.err = err
	}
}

// all adds several operations.
func (b *batch) all(ops []table.Op, err error) {
	b.ops = append(b.ops, ops...)
	b.err = errors.Join(b.err, err)
}

// An unused account is deactivated DormantAfter its last login, and warned from FirstWarning before that.
const (
	DormantAfter = 1095 * 24 * time.Hour
	FirstWarning = 60 * 24 * time.Hour
)
