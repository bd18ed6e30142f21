// Package follow keeps who follows a parcel, and writes to them what it becomes.
//
// A subscription has two items, written and ended in one transaction:
//
//	table parcels   PARCEL#number / PARCEL, member f:ACCOUNT   what is told to the account, and what was: read with every scan
//	table accounts  ACCOUNT#id / FOLLOW#number                 what the customer wants, for the account's page, export and
//	                                                           erasure; exp: Remembered
//
// It stands apart from package parcel so that a look-up links nothing that writes messages.
package follow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

const (
	// Most is how many accounts can follow one parcel: as many as are told in one transaction, by both channels, with room
	// to spare. The next one is too_many_followers.
	Most = 20
	// Remembered is how long the account's item stays; the parcel's own follows its last scan, or this one's last Save.
	Remembered = 365 * 24 * time.Hour
	// tries is how often a write that lost a race is tried again. Whoever loses lost to a scan or to another follower.
	tries = 100
)

// accounts is the table of package account.
const accounts = "accounts"

// Subscription is what a customer wants to be told of a parcel.
type Subscription struct {
	Number   string            `json:"number" doc:"Canonical" example:"9400100000000000000006"`
	Channels []message.Channel `json:"channels" nullable:"false" enum:"sms,email"`
	Events   []parcel.Status   `json:"events" nullable:"false" enum:"pre-shipment,accepted,in-transit,out-for-delivery,delivered,available-for-pickup,alert,returned"`
}

// Store is the subscriptions of all accounts.
type Store struct {
	DB     table.Database
	Now    func() time.Time
	Token  *secret.Key // the ring Token: signs what unsubscribes without a login
	Outbox *message.Outbox
}

// New answers the subscriptions of a database, with the keys Token and SealPublic of the source.
func New(db table.Database, keys secret.Source, now func() time.Time) *Store {
	return &Store{DB: db, Now: now, Token: secret.NewKey(keys, secret.Token), Outbox: &message.Outbox{Sealer: secret.NewSealer(keys), Now: now}}
}

// follower is the member of a parcel's item.
type follower struct {
	Channels []message.Channel                   `json:"channels"`
	Events   []parcel.Status                     `json:"events"`
	Told     map[message.Channel][]parcel.Status `json:"told,omitempty"`
	Known    map[message.Channel]string          `json:"known,omitempty"` // id of the decisive event when it was followed: no news
}

func key(account, number string) table.Key {
	return table.Key{PK: "ACCOUNT#" + account, SK: Prefix + number}
}

// Prefix begins the sort keys of the accounts' items.
const Prefix = "FOLLOW#"

// Read answers the subscription that an account's item holds.
func Read(item table.Item) (s Subscription, err error) {
	if err := item.Decode(&s); err != nil {
		return s, fmt.Errorf("decoding a subscription: %w", err)
	}
	return s, nil
}

// Get answers an account's subscription to a parcel, nil when there is none.
func (s *Store) Get(ctx context.Context, account, number string) (*Subscription, error) {
	item, found, err := s.DB.Table(accounts).Get(ctx, key(account, number), true)
	if err != nil || !found {
		return nil, err
	}
	there, err := Read(item)
	return &there, err
}

// Save follows a parcel, known or not yet, or changes what is told of it; what was told once is not told again, and what the
// parcel is already is not told at all. A channel whose address is not proved is channel_unproved.
func (s *Store) Save(ctx context.Context, account string, wanted Subscription) error {
	return again(func() error {
		proved, err := s.proved(ctx, account, wanted.Channels)
		if err != nil {
			return err
		}
		op, err := s.joining(ctx, account, wanted)
		if err != nil {
			return err
		}
		item, err := table.New(key(account, wanted.Number), wanted)
		if err != nil {
			return err
		}
		item.Expires = s.Now().Add(Remembered)
		return s.DB.Transact(ctx, op, table.Op{Verb: table.OpPut, Table: accounts, Item: item}, proved)
	})
}

// proved answers the operation that holds the account to the proofs of its addresses, which these channels need.
func (s *Store) proved(ctx context.Context, account string, channels []message.Channel) (table.Op, error) {
	profile, found, err := s.DB.Table(accounts).Get(ctx, table.Key{PK: "ACCOUNT#" + account, SK: "PROFILE"}, true)
	if err != nil {
		return table.Op{}, err
	}
	if !found {
		return table.Op{}, fault.New(fault.Unauthorized, "login_required") // it is erased: nothing may be kept of it
	}
	var has struct{ EmailVerified, PhoneVerified bool }
	if err := profile.Decode(&has); err != nil {
		return table.Op{}, fmt.Errorf("decoding the profile of %s: %w", account, err)
	}
	proof := map[message.Channel]bool{message.Email: has.EmailVerified, message.SMS: has.PhoneVerified}
	for _, channel := range channels {
		if !proof[channel] {
			return table.Op{}, fault.Fields([]fault.Field{{Location: "body.channels", Code: "channel_unproved", Words: "tracking.follow.unproved." + string(channel)}})
		}
	}
	return table.Op{Verb: table.OpCheck, Table: accounts, Item: table.Item{Key: profile.Key, Version: profile.Version}}, nil
}

// joining answers the operation that puts a follower into a parcel's item, which is kept from now on as after a scan.
func (s *Store) joining(ctx context.Context, account string, wanted Subscription) (table.Op, error) {
	op, err := s.parcel(ctx, wanted.Number)
	if err != nil {
		return op, err
	}
	is, err := (&parcel.Store{DB: s.DB, Now: s.Now}).Read(ctx, op.Item)
	if err != nil {
		return op, err
	}
	op.Item.Expires = s.Now().Add(parcel.Kept)
	op.Item, err = changed(op.Item, func(members map[string]json.RawMessage) error {
		return join(members, account, wanted, is)
	})
	return op, err
}

// join puts a follower among a parcel's members, if there is room. What the parcel is, if anything, is known to them.
func join(members map[string]json.RawMessage, account string, wanted Subscription, is *parcel.Parcel) error {
	var one follower
	name, others := parcel.FollowPrefix+account, 0
	for member, raw := range members {
		switch {
		case member == name:
			if err := json.Unmarshal(raw, &one); err != nil {
				return fmt.Errorf("decoding a follower: %w", err)
			}
		case strings.HasPrefix(member, parcel.FollowPrefix):
			others++
		}
	}
	if others >= Most {
		return fault.New(fault.Conflict, "too_many_followers")
	}
	if is != nil {
		one.know(is, wanted.Channels)
	}
	one.Channels, one.Events = wanted.Channels, wanted.Events
	raw, err := json.Marshal(one)
	members[name] = raw
	return err
}

// End ends a subscription; one that is not there is not_found.
func (s *Store) End(ctx context.Context, account, number string) error {
	gone := table.Op{Verb: table.OpDelete, Table: accounts, Item: table.Item{Key: key(account, number), Version: table.AnyVersion}}
	err := again(func() error {
		op, err := s.parcel(ctx, number)
		if err != nil {
			return err
		}
		op.Item, err = changed(op.Item, func(members map[string]json.RawMessage) error {
			if members[parcel.FollowPrefix+account] == nil {
				return fault.New(fault.NotFound, "not_found")
			}
			delete(members, parcel.FollowPrefix+account)
			return nil
		})
		if err != nil {
			return err
		}
		return s.DB.Transact(ctx, op, gone)
	})
	if fault.Code(err) != "not_found" {
		return err
	}
	if failed := s.DB.Table(accounts).Delete(ctx, gone.Item.Key, table.AnyVersion); failed != nil { // of a parcel that was forgotten
		return failed
	}
	return err
}

// parcel answers the operation that writes a parcel's item, as it is, on the condition that nobody else does.
func (s *Store) parcel(ctx context.Context, number string) (table.Op, error) {
	op := table.Op{Verb: table.OpReplace, Table: parcel.Definition.Name}
	item, found, err := s.DB.Table(op.Table).Get(ctx, parcel.Key(number), true)
	if err != nil {
		return op, fmt.Errorf("reading a parcel: %w", err)
	}
	if !found {
		op.Verb, item = table.OpCreate, table.Item{Key: parcel.Key(number), Data: []byte("{}")}
	}
	op.Item = item
	return op, nil
}

// changed answers an item with other members.
func changed(item table.Item, change func(map[string]json.RawMessage) error) (table.Item, error) {
	members := map[string]json.RawMessage{}
	if err := item.Decode(&members); err != nil {
		return item, fmt.Errorf("decoding a parcel: %w", err)
	}
	if err := change(members); err != nil {
		return item, err
	}
	data, err := json.Marshal(members)
	item.Data = data
	return item, err
}

// again repeats what lost a race.
func again(try func() error) (err error) {
	for range tries {
		if err = try(); !errors.Is(err, table.ErrCondition) {
			return err
		}
	}
	return err
}
