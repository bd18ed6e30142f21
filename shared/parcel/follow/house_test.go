package follow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

const (
	number  = "9400100000000000000006"
	another = "9400100000000000000013"
	ada     = "01JDGXQ8V0ABCDEFGHJKMNPQRS"
	bo      = "01JDGXQ8V0ABCDEFGHJKMNPQRT"
)

// house is subscriptions, parcels that tell them, and an outbox. Both e-mail addresses are proved, and ada's telephone.
type house struct {
	*testing.T
	*follow.Store
	db      *embedded.Database
	keys    secret.Source
	parcels *parcel.Store
	fail    atomic.Pointer[func(ops []table.Op) error] // stands before each transaction
}

func open(t *testing.T) *house {
	t.Helper()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), time.Now, account.Definition, parcel.Definition, message.Definition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, db: db, keys: keys}
	h.Store = follow.New(failing{db, h}, keys, time.Now)
	h.parcels = &parcel.Store{DB: db, Now: time.Now, Tell: h.Tell}
	h.profile(ada, `{"emailVerified":true,"phoneVerified":true}`)
	h.profile(bo, `{"emailVerified":true}`)
	return h
}

func (h *house) profile(id, data string) {
	h.Helper()
	if err := h.db.Table(account.Definition.Name).Put(h.Context(), table.Item{Key: table.Key{PK: "ACCOUNT#" + id, SK: "PROFILE"}, Data: []byte(data)}); err != nil {
		h.Fatal(err)
	}
}

// failing is a database whose transactions can fail.
type failing struct {
	table.Database
	house *house
}

func (f failing) Transact(ctx context.Context, ops ...table.Op) error {
	if fail := f.house.fail.Load(); fail != nil {
		if err := (*fail)(ops); err != nil {
			return err
		}
	}
	return f.Database.Transact(ctx, ops...)
}

var all = []parcel.Status{parcel.PreShipment, parcel.Accepted, parcel.InTransit, parcel.OutForDelivery, parcel.Delivered, parcel.AvailableForPickup, parcel.Alert, parcel.Returned}

func (h *house) follow(account string, channels []message.Channel, events ...parcel.Status) {
	h.Helper()
	if err := h.Save(h.Context(), account, follow.Subscription{Number: number, Channels: channels, Events: events}); err != nil {
		h.Fatal(err)
	}
}

var (
	email = []message.Channel{message.Email}
	both  = []message.Channel{message.Email, message.SMS}
)

var noon = time.Now().UTC().Truncate(time.Hour).Add(-48 * time.Hour)

// story answers scans of the parcel, an hour after another.
func story(codes string) (scans []parcel.Scan) {
	for i, code := range strings.Fields(codes) {
		scans = append(scans, parcel.Scan{ID: fmt.Sprint(i), Number: number, At: noon.Add(time.Duration(i) * time.Hour), Code: code, Zip: "98101"})
	}
	return scans
}

func (h *house) scan(scans ...parcel.Scan) {
	h.Helper()
	if n, _, err := h.parcels.Record(h.Context(), scans); n != len(scans) || err != nil {
		h.Fatalf("%d of %d scans: %v", n, len(scans), err)
	}
}

// written answers what stands in the outbox: account's last letter, channel and status, in order.
func (h *house) written() string {
	h.Helper()
	var lines []string
	err := h.db.Each(message.Definition.Name, func(item table.Item) error {
		var m message.Message
		if err := item.Decode(&m); err != nil {
			return err
		}
		p, err := follow.About(m)
		if err != nil {
			return err
		}
		if p.Number != number || m.Template != message.ParcelNews || (m.Secret != "") != (m.Channel == message.Email) || p.Decisive.Zip != "98101" {
			h.Errorf("%+v", m)
		}
		lines = append(lines, fmt.Sprint(m.Account[25:], " ", m.Channel, " ", p.Status))
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// forget empties the outbox, as time does.
func (h *house) forget() {
	h.Helper()
	var keys []table.Key
	err := h.db.Each(message.Definition.Name, func(item table.Item) error { keys = append(keys, item.Key); return nil })
	for _, key := range keys {
		err = errors.Join(err, h.db.Table(message.Definition.Name).Delete(h.Context(), key, table.AnyVersion))
	}
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) wrote(what string, want ...string) {
	h.Helper()
	if got := h.written(); got != strings.Join(slices.Sorted(slices.Values(want)), ", ") {
		h.Errorf("%s: %s\nwant %s", what, got, strings.Join(want, ", "))
	}
}

// members answers the names in the parcel's item that are followers, and the accounts' own items.
func (h *house) members() (followers, items []string) {
	h.Helper()
	item, _, err := h.db.Table(parcel.Definition.Name).Get(h.Context(), parcel.Key(number), true)
	there := map[string]json.RawMessage{}
	if err == nil && len(item.Data) > 0 {
		err = item.Decode(&there)
	}
	if err != nil {
		h.Fatal(err)
	}
	for name := range maps.Keys(there) {
		if id, ok := strings.CutPrefix(name, parcel.FollowPrefix); ok {
			followers = append(followers, id)
		}
	}
	err = h.db.Each(account.Definition.Name, func(item table.Item) error {
		if item.Key.SK == follow.Prefix+number {
			items = append(items, strings.TrimPrefix(item.Key.PK, "ACCOUNT#"))
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	slices.Sort(followers)
	slices.Sort(items)
	return followers, items
}

func (h *house) followedBy(what string, accounts ...string) {
	h.Helper()
	followers, items := h.members()
	if !slices.Equal(followers, accounts) || !slices.Equal(items, accounts) {
		h.Errorf("%s: followers %v, accounts %v, not %v", what, followers, items, accounts)
	}
}

// crowd does a thing n times at once, and counts what came of it by the codes of the refusals.
func crowd(n int, do func(i int) error) map[string]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	came := map[string]int{}
	for i := range n {
		all.Go(func() {
			err := do(i)
			mu.Lock()
			defer mu.Unlock()
			if code := fault.Code(err); err == nil || code != "" {
				came[code]++
			} else {
				came[err.Error()]++
			}
		})
	}
	all.Wait()
	return came
}
