// Package session keeps who is signed in.
//
// The table sessions has one kind of item:
//
//	ACCOUNT#id / SESSION#id   session id: hex of the first 128 bits of sha256(secret); exp
//
// A token is "pks_", the account's id and 256 random bits, so that a check is one consistent read and nothing has to
// be looked up elsewhere; the table holds only the hash of the random part.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/table"
)

// Definition is the table of this package.
var Definition = table.Definition{Name: "sessions", TTL: true}

// How long a session lives. Idle time is counted in steps of SeenEvery, so a session idles out after 25 to 30 minutes.
const (
	Idle      = 30 * time.Minute
	Absolute  = 12 * time.Hour
	SeenEvery = 5 * time.Minute
	Fresh     = 20 * time.Minute // a sensitive change needs a login not older than this
)

// Scope is what a session may do.
type Scope string

// The scopes. All but Full lead to one thing only.
const (
	Full           Scope = "full"
	ChoosePassword Scope = "choose-password"
	Reactivate     Scope = "reactivate"
	Flagged        Scope = "flagged"
	Closed         Scope = "closed"
)

// Session is one signed-in browser or client.
type Session struct {
	Account    string     `json:"account"`
	ID         string     `json:"id"`
	Hash       string     `json:"hash"`
	Scope      Scope      `json:"scope"`
	Credential int64      `json:"credential"` // the credential version it was opened with
	Username   string     `json:"username"`   // as the pages show it
	Language   locale.Tag `json:"language"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastSeenAt time.Time  `json:"lastSeenAt"`
	IP         string     `json:"ip"`
	UserAgent  string     `json:"userAgent"`
	Via        string     `json:"via,omitempty"` // of ChoosePassword: the channel that brought the secret it was opened with

	version int64
}

// Opening says what a new session is for.
type Opening struct {
	Account    string
	Scope      Scope
	Credential int64
	Username   string
	Language   locale.Tag
	IP         string
	UserAgent  string
	Via        string
}

// Store reads and writes sessions.
type Store struct {
	Table table.Table
	Now   func() time.Time
	Rand  io.Reader // nil: crypto/rand
}

// ErrNone says that a token stands for no living session.
var ErrNone = fault.New(fault.Unauthorized, "login_required")

const prefix = "pks_"

func partition(account string) string { return "ACCOUNT#" + account }

func key(account, id string) table.Key {
	return table.Key{PK: partition(account), SK: "SESSION#" + id}
}

// Open writes a new session and answers it with its token, which is not kept.
func (s *Store) Open(ctx context.Context, o Opening) (*Session, string, error) {
	var secret [32]byte
	random := s.Rand
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return nil, "", fmt.Errorf("random bits for a session: %w", err)
	}
	hash := sha256.Sum256(secret[:])
	now := s.Now().UTC()
	opened := &Session{
		Account: o.Account, ID: hex.EncodeToString(hash[:16]), Hash: hex.EncodeToString(hash[:]), Scope: o.Scope,
		Credential: o.Credential, Username: o.Username, Language: o.Language, CreatedAt: now, LastSeenAt: now,
		IP: o.IP, UserAgent: o.UserAgent, Via: o.Via, version: 1,
	}
	item, err := opened.item()
	if err != nil {
		return nil, "", err
	}
	if err := s.Table.Create(ctx, item); err != nil {
		return nil, "", fmt.Errorf("writing a session: %w", err)
	}
	return opened, prefix + o.Account + base64.RawURLEncoding.EncodeToString(secret[:]), nil
}

// Check answers the session of a token, or ErrNone. It is one consistent read; a session that was last seen more than
// SeenEvery ago is written once more, on the condition that nothing changed it, so that it revives none.
func (s *Store) Check(ctx context.Context, token string) (*Session, error) {
	account, hash, ok := split(token)
	if !ok {
		return nil, ErrNone
	}
	item, found, err := s.Table.Get(ctx, key(account, hex.EncodeToString(hash[:16])), true)
	if err != nil {
		return nil, fmt.Errorf("reading a session: %w", err)
	}
	if !found {
		return nil, ErrNone
	}
	live, err := decode(item)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(live.Hash), []byte(hex.EncodeToString(hash[:]))) != 1 {
		return nil, ErrNone
	}
	if now := s.Now().UTC(); now.Sub(live.LastSeenAt) >= SeenEvery {
		live.LastSeenAt = now
		if err := s.Save(ctx, live); err != nil && !errors.Is(err, table.ErrCondition) {
			return nil, err
		}
	}
	return live, nil
}

// Save replaces a session that was read, if nobody changed or ended it meanwhile; else table.ErrCondition.
func (s *Store) Save(ctx context.Context, live *Session) error {
	item, err := live.item()
	if err != nil {
		return err
	}
	if err := s.Table.Replace(ctx, item); err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	live.version++
	return nil
}

// List answers all living sessions of an account, oldest login first within the order of their ids.
func (s *Store) List(ctx context.Context, account string) ([]*Session, error) {
	var all []*Session
	query := table.Query{Partition: partition(account), Prefix: "SESSION#", Consistent: true}
	for {
		page, err := s.Table.Query(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("listing the sessions of %s: %w", account, err)
		}
		for _, item := range page.Items {
			live, err := decode(item)
			if err != nil {
				return nil, err
			}
			all = append(all, live)
		}
		if page.Next == "" {
			return all, nil
		}
		query.Cursor = page.Next
	}
}

// End removes one session of an account; one that is not there is not missed.
func (s *Store) End(ctx context.Context, account, id string) error {
	if err := s.Table.Delete(ctx, key(account, id), table.AnyVersion); err != nil {
		return fmt.Errorf("ending a session of %s: %w", account, err)
	}
	return nil
}

// EndOp is the operation that ends a session as part of a transaction.
func EndOp(live *Session) table.Op {
	return table.Op{Verb: table.OpDelete, Table: Definition.Name,
		Item: table.Item{Key: key(live.Account, live.ID), Version: table.AnyVersion}}
}

// RescopeOp is the operation that gives a session another scope as part of a transaction, if nobody changed it meanwhile.
func RescopeOp(live *Session, scope Scope) (table.Op, error) {
	live.Scope = scope
	item, err := live.item()
	return table.Op{Verb: table.OpReplace, Table: Definition.Name, Item: item}, err
}

// LoggedInSince reports whether the login is recent enough for a sensitive change.
func (l *Session) LoggedInSince(now time.Time) bool { return now.Sub(l.CreatedAt) <= Fresh }

// ExpiresAt is when the session ends at the latest.
func (l *Session) ExpiresAt() time.Time { return l.CreatedAt.Add(Absolute) }

func (l *Session) item() (table.Item, error) {
	item, err := table.New(key(l.Account, l.ID), l)
	item.Version = l.version
	item.Expires = l.LastSeenAt.Add(Idle)
	if end := l.ExpiresAt(); end.Before(item.Expires) {
		item.Expires = end
	}
	return item, err
}

func decode(item table.Item) (*Session, error) {
	live := &Session{version: item.Version}
	if err := item.Decode(live); err != nil {
		return nil, fmt.Errorf("decoding a session: %w", err)
	}
	return live, nil
}

// split takes a token apart; ids have a fixed form, so no typed text ever reaches a key.
func split(token string) (account string, hash [32]byte, ok bool) {
	rest, found := strings.CutPrefix(token, prefix)
	if !found || len(rest) != 26+43 {
		return "", hash, false
	}
	for _, c := range rest[:26] {
		if !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z') {
			return "", hash, false
		}
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(rest[26:])
	if err != nil {
		return "", hash, false
	}
	return rest[:26], sha256.Sum256(secret), true
}
