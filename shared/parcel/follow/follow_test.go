package follow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.follow(ada, both, parcel.Delivered)
	h.followedBy("a number not seen yet", ada)
	h.follow(bo, email, all...)
	h.follow(ada, email, parcel.Alert, parcel.Delivered)
	h.followedBy("two", ada, bo)
	if s, err := h.Get(t.Context(), ada, number); err != nil || fmt.Sprint(*s) != "{"+number+" [email] [alert delivered]}" {
		t.Errorf("%v, %v", s, err)
	}
	if s, err := h.Get(t.Context(), ada, another); s != nil || err != nil {
		t.Errorf("another: %v, %v", s, err)
	}
	if err := h.End(t.Context(), ada, number); err != nil {
		t.Error(err)
	}
	if err := h.End(t.Context(), ada, number); fault.Code(err) != "not_found" {
		t.Errorf("again: %v", err)
	}
	h.followedBy("one is left", bo)
	for channel, id := range map[message.Channel]string{message.SMS: bo, message.Email: "nobody"} {
		err := h.Save(t.Context(), id, follow.Subscription{Number: another, Channels: []message.Channel{channel}, Events: all})
		if want := map[string]string{bo: "channel_unproved", "nobody": "login_required"}[id]; fault.Code(err) != want {
			t.Errorf("%s by %s: %v", id, channel, err)
		}
	}
	if found, err := h.parcels.Look(t.Context(), []string{number}); len(found) != 0 || err != nil {
		t.Errorf("a parcel that was only followed is known: %v, %v", found, err)
	}
}

// TestAnAddressThatLosesItsProof while the subscription is written.
func TestAnAddressThatLosesItsProof(t *testing.T) {
	t.Parallel()
	h := open(t)
	lose := func([]table.Op) error {
		h.fail.Store(nil)
		h.profile(ada, `{"emailVerified":false}`)
		return nil
	}
	h.fail.Store(&lose)
	err := h.Save(t.Context(), ada, follow.Subscription{Number: number, Channels: email, Events: all})
	if fault.Code(err) != "channel_unproved" {
		t.Error(err)
	}
	h.followedBy("nobody")
}

// TestFiftyFollowOneParcel: as many as there is room for, while it is scanned, and no event and no follower is lost.
func TestFiftyFollowOneParcel(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 50 {
		h.profile(fmt.Sprintf("%026d", i), `{"emailVerified":true}`)
	}
	scans := story(strings.Repeat("10 ", 20))
	came := crowd(70, func(i int) error {
		if i >= 50 {
			_, _, err := h.parcels.Record(t.Context(), scans[i-50:i-49])
			return err
		}
		return h.Save(t.Context(), fmt.Sprintf("%026d", i), follow.Subscription{Number: number, Channels: email, Events: all})
	})
	if came[""] != 20+follow.Most || came["too_many_followers"] != 50-follow.Most {
		t.Errorf("%v", came)
	}
	followers, items := h.members()
	if len(followers) != follow.Most || len(items) != follow.Most {
		t.Errorf("%d followers, %d items", len(followers), len(items))
	}
	if found, err := h.parcels.Look(t.Context(), []string{number}); err != nil || len(found[number].Scans) != 20 {
		t.Errorf("%v, %v", found, err)
	}
	came = crowd(50, func(i int) error { return h.End(t.Context(), followers[i%len(followers)], number) })
	if came[""] != follow.Most || came["not_found"] != 50-follow.Most {
		t.Errorf("ending: %v", came)
	}
	h.followedBy("all have ended")
}

func TestEachStatusIsToldOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	scans := story("GX 03 10 OF 02 OF 01 09")
	h.scan(scans[0])
	h.follow(ada, both, all...)
	h.follow(bo, email, parcel.Delivered, parcel.Returned)
	h.wrote("what it had become before")
	h.scan(scans[2])
	want := []string{"S email in-transit", "S sms in-transit"}
	h.wrote("on its way", want...)
	h.scan(scans[1])
	h.scan(scans[2], scans[0])
	h.wrote("late and repeated", want...)
	h.scan(scans[3])
	h.scan(scans[4])
	h.scan(scans[5])
	want = append(want, "S email out-for-delivery", "S sms out-for-delivery", "S email alert", "S sms alert")
	h.wrote("out for delivery a second time", want...)
	h.follow(ada, email, all...)
	h.scan(scans[6])
	want = append(want, "S email delivered", "T email delivered")
	h.wrote("by one channel now, and another follower", want...)
	h.follow(ada, both, all...)
	h.scan(scans[6])
	h.wrote("a channel that is new is told what is new, not what was", want...)
	h.scan(scans[7])
	h.wrote("what is new", append(want, "S email returned", "S sms returned", "T email returned")...)
}

// TestWhatAParcelIsWhenItIsFollowed is no news to who follows it then, by a channel or a status that they add then, though
// its scans come once more; another event that leads there is.
func TestWhatAParcelIsWhenItIsFollowed(t *testing.T) {
	t.Parallel()
	h := open(t)
	scans := story("03 10 02 10 02")
	h.scan(scans[:2]...)
	h.follow(bo, email, parcel.Alert)
	h.follow(ada, email, all...)
	h.follow(ada, both, all...)
	h.follow(bo, email, parcel.Alert, parcel.InTransit)
	h.scan(scans[:2]...)
	h.scan(scans[1])
	h.wrote("what it is")
	h.scan(scans[2])
	want := []string{"S email alert", "S sms alert", "T email alert"}
	h.wrote("what it becomes", want...)
	h.scan(scans[3])
	h.wrote("what it becomes again", append(want, "S email in-transit", "S sms in-transit", "T email in-transit")...)
}

// TestAFollowedParcelIsKept as long as one that was just scanned, and its news half a day.
func TestAFollowedParcelIsKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.scan(story("03")...)
	parcels := h.db.Table(parcel.Definition.Name)
	old, _, err := parcels.Get(t.Context(), parcel.Key(number), true)
	if old.Expires = time.Now().Add(24 * time.Hour); err != nil || parcels.Put(t.Context(), old) != nil {
		t.Fatal(err)
	}
	h.follow(ada, email, all...)
	now, _, err := parcels.Get(t.Context(), old.Key, true)
	if left := time.Until(now.Expires); err != nil || left < parcel.Kept-time.Minute || left > parcel.Kept {
		t.Errorf("%s, %v", left, err)
	}
	h.scan(story("03 10")...)
	err = h.db.Each(message.Definition.Name, func(item table.Item) error {
		var m message.Message
		if err := item.Decode(&m); err != nil || m.Expires.Sub(m.At) > 12*time.Hour {
			t.Errorf("%+v, %v", m, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatWasToldIsRemembered by the parcel itself, when the outbox has forgotten it, and through a change.
func TestWhatWasToldIsRemembered(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.follow(ada, both, all...)
	for round := range 3 {
		for i, s := range story("03 02") {
			s.ID, s.At = fmt.Sprint(round, "-", i), s.At.Add(time.Duration(round)*10*time.Hour)
			h.scan(s)
		}
		if round == 0 {
			h.wrote("at first", "S email accepted", "S sms accepted", "S email alert", "S sms alert")
		} else {
			h.wrote("again")
		}
		h.forget()
		h.follow(ada, both, parcel.Alert, parcel.Accepted)
	}
}

// TestFollowedAgain: who stops and follows again is not told the same a second time.
func TestFollowedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	for round := range 3 {
		h.follow(ada, both, parcel.Alert)
		h.follow(bo, email, parcel.Alert)
		for i, s := range story("03 02 10 02") {
			s.ID, s.At = fmt.Sprint(round, "-", i), s.At.Add(time.Duration(round)*10*time.Hour)
			h.scan(s)
		}
		h.wrote("once", "S email alert", "S sms alert", "T email alert")
		if err := h.End(t.Context(), ada, number); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFiftyScansAtOnce: the same ones, in pieces and in any order, by fifty at once.
func TestFiftyScansAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.follow(ada, both, parcel.Delivered)
	h.follow(bo, email, parcel.Delivered)
	scans := story("GX 03 10 T1 A1 OF 01")
	came := crowd(50, func(i int) error {
		mine := append([]parcel.Scan(nil), scans...)
		random := rand.New(rand.NewPCG(uint64(i), 1))
		random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
		var all error
		for len(mine) > 0 {
			n := 1 + random.IntN(len(mine))
			_, _, err := h.parcels.Record(t.Context(), mine[:n])
			all, mine = errors.Join(all, err), mine[n:]
		}
		return all
	})
	if came[""] != 50 {
		t.Errorf("%v", came)
	}
	h.wrote("once each", "S email delivered", "S sms delivered", "T email delivered")
}

// TestFollowersOutliveTheRollOver: events move, followers stay, and are told by the whole story.
func TestFollowersOutliveTheRollOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.follow(ada, email, all...)
	scans := story(strings.Repeat("10 ", parcel.Most+50) + "OF")
	for i := range scans {
		scans[i].At = noon.Add(time.Duration(i) * time.Minute)
	}
	for len(scans) > 0 {
		n := min(90, len(scans))
		h.scan(scans[:n]...)
		scans = scans[n:]
	}
	page, err := h.db.Table(parcel.Definition.Name).Query(t.Context(), table.Query{Partition: parcel.Key(number).PK, Prefix: "OLD#"})
	if err != nil || len(page.Items) == 0 {
		t.Errorf("nothing was moved: %v", err)
	}
	h.followedBy("still", ada)
	h.wrote("told", "S email in-transit", "S email out-for-delivery")
}

// TestFaultBetweenTheTwoWrites: the scan is there, its news are not; the scan comes again and brings them, once.
func TestFaultBetweenTheTwoWrites(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]bool{"before it is written": false, "after it was written": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.follow(ada, both, all...)
			scan := story("10")
			fail := func(ops []table.Op) error {
				if after {
					if err := h.db.Transact(context.Background(), ops...); err != nil {
						return err
					}
				}
				return table.ErrUnavailable
			}
			h.fail.Store(&fail)
			var unapplied *parcel.Unapplied
			if _, _, err := h.parcels.Record(t.Context(), scan); !errors.As(err, &unapplied) {
				t.Errorf("the answer is lost: %v", err)
			}
			h.fail.Store(nil)
			for range 2 {
				h.scan(scan...)
			}
			h.wrote("once", "S email in-transit", "S sms in-transit")
		})
	}
}

func TestUnsubscribing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.follow(ada, email, all...)
	h.follow(bo, email, all...)
	h.scan(story("10")...)
	token := h.token(ada)
	for _, wrong := range []string{"", ".", "...", token[1:], token[:len(token)-1], token + "A", strings.Replace(token, ada, bo, 1), strings.Replace(token, number, another, 1),
		strings.TrimPrefix(token, ada), strings.Replace(token, ".", "", 1)} {
		if err := h.Unsubscribe(t.Context(), wrong); fault.Code(err) != "token_invalid" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	h.followedBy("after wrong tokens", ada, bo)
	for range 2 {
		if err := h.Unsubscribe(t.Context(), token); err != nil {
			t.Error(err)
		}
		h.followedBy("after the right one", bo)
	}
	h.scan(story("10 OF")...)
	h.wrote("one is told no more", "S email in-transit", "T email in-transit", "T email out-for-delivery")
	h.follow(ada, email, all...)
	if err := h.Unsubscribe(t.Context(), token); err != nil {
		t.Error(err)
	}
	h.followedBy("the token is good again", bo)
}

// token opens the way to unsubscribe in the message to an account.
func (h *house) token(id string) (token string) {
	h.Helper()
	err := h.db.Each(message.Definition.Name, func(item table.Item) error {
		var m message.Message
		if err := item.Decode(&m); err != nil || m.Account != id {
			return err
		}
		plain, err := secret.NewOpener(h.keys).Open(h.Context(), m.Secret)
		token = string(plain)
		return err
	})
	if err != nil || token == "" {
		h.Fatalf("no token: %v", err)
	}
	return token
}

// TestWhatIsForgotten: the account's item goes with a parcel that was forgotten.
func TestWhatIsForgotten(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.follow(ada, email, all...)
	if err := h.db.Table(parcel.Definition.Name).Delete(t.Context(), parcel.Key(number), table.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if err := h.End(t.Context(), ada, number); fault.Code(err) != "not_found" {
		t.Error(err)
	}
	if _, found, err := h.db.Table(account.Definition.Name).Get(t.Context(), table.Key{PK: "ACCOUNT#" + ada, SK: follow.Prefix + number}, true); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}
