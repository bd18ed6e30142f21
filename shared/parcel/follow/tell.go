package follow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/table"
)

// fresh is how long news are worth a message.
const fresh = 12 * time.Hour

// Tell is the parcel.Teller: it writes what a parcel has become to all who follow it and want to know, each status once a
// channel, however often the news come. That it was told stands in the parcel's item, by the transaction that puts the
// messages into the outbox. Its first try reads nothing.
//
// Who unsubscribes and follows again has no such mark; then the message's own Cause keeps it from being said twice, as
// long as the outbox remembers it.
func (s *Store) Tell(ctx context.Context, n parcel.News) error {
	said := map[string]bool{} // causes of messages that are there already
	item := n.Item
	for range tries {
		ops, causes, err := s.telling(ctx, item, n.Parcel, said)
		if err != nil || len(ops) == 0 {
			return err
		}
		err = s.DB.Transact(ctx, ops...)
		conflict := new(table.Conflict)
		if !errors.As(err, &conflict) {
			return err
		}
		if conflict.Op > 0 {
			said[causes[conflict.Op-1]] = true
			continue
		}
		found := false
		item, found, err = s.DB.Table(parcel.Definition.Name).Get(ctx, n.Item.Key, true)
		if err != nil || !found {
			return err
		}
	}
	return fmt.Errorf("telling the news of a parcel %d times: %w", tries, table.ErrUnavailable)
}

// telling answers the operations that tell the followers in an item what their parcel has become: the item with its marks
// first, then the messages, whose causes it answers in the same order. Nothing is left to tell: no operations.
func (s *Store) telling(ctx context.Context, item table.Item, p *parcel.Parcel, said map[string]bool) (ops []table.Op, causes []string, err error) {
	marks := 0
	about, err := value(p)
	if err != nil {
		return nil, nil, err
	}
	item, err = changed(item, func(members map[string]json.RawMessage) error {
		for _, name := range slices.Sorted(maps.Keys(members)) {
			account, follows := strings.CutPrefix(name, parcel.FollowPrefix)
			if !follows {
				continue
			}
			var one follower
			if err := json.Unmarshal(members[name], &one); err != nil {
				return fmt.Errorf("decoding a follower: %w", err)
			}
			for _, channel := range one.untold(p) {
				marks++
				m := message.Message{Account: account, Channel: channel, Template: message.ParcelNews, Values: map[string]string{told: about}, Expires: s.Now().Add(fresh),
					Cause: strings.Join([]string{"parcel-news", account, p.Number, string(channel), string(p.Status)}, " ")}
				if said[m.Cause] {
					continue
				}
				op, err := s.write(ctx, m, p.Number)
				if err != nil {
					return err
				}
				ops, causes = append(ops, op), append(causes, m.Cause)
			}
			raw, err := json.Marshal(one)
			if err != nil {
				return err
			}
			members[name] = raw
		}
		return nil
	})
	if err != nil || marks == 0 {
		return nil, nil, err
	}
	mark := table.Op{Verb: table.OpReplace, Table: parcel.Definition.Name, Item: item}
	return append([]table.Op{mark}, ops...), causes, nil
}

// know notes the event that makes a parcel what it is for each channel by which the follower would not have been told of it
// so far: a scan that comes once more is no news of it.
func (f *follower) know(is *parcel.Parcel, channels []message.Channel) {
	if f.Known == nil {
		f.Known = map[message.Channel]string{}
	}
	for _, channel := range channels {
		if !slices.Contains(f.Channels, channel) || !slices.Contains(f.Events, is.Status) {
			f.Known[channel] = is.Decisive.ID
		}
	}
}

// untold answers by which channels a follower is to be told what a parcel has become, and marks it as told.
func (f *follower) untold(p *parcel.Parcel) (by []message.Channel) {
	status := p.Status
	if !slices.Contains(f.Events, status) {
		return nil
	}
	for _, channel := range f.Channels {
		if known, there := f.Known[channel]; there && known == p.Decisive.ID || slices.Contains(f.Told[channel], status) {
			continue
		}
		if f.Told == nil {
			f.Told = map[message.Channel][]parcel.Status{}
		}
		f.Told[channel] = append(f.Told[channel], status)
		by = append(by, channel)
	}
	return by
}

// write answers the operation that puts a message into the outbox; an e-mail carries the way to unsubscribe.
func (s *Store) write(ctx context.Context, m message.Message, number string) (op table.Op, err error) {
	if m.Channel == message.Email {
		if m.Secret, err = s.token(ctx, m.Account, number); err != nil {
			return op, err
		}
	}
	return s.Outbox.Op(ctx, m)
}
