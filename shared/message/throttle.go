package message

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

// LimitsTable is the table of the counters.
const LimitsTable = "limits"

// Purpose is what a secret is sent for; each has limits of its own. Notices have none.
type Purpose string

// The purposes.
const (
	Proof             Purpose = "proof"
	RecoveryCode      Purpose = "recovery-code"
	TemporaryPassword Purpose = "temporary-password"
	Username          Purpose = "username"
	Reactivation      Purpose = "reactivation"
	AgentStarted      Purpose = "agent-recovery"
	Support           Purpose = "support" // the number of a ticket, to whoever is said to have written
)

// The limits of sends to one number or e-mail address for one purpose.
const (
	sendsApart  = 60 * time.Second
	sendsHourly = 5
	sendsDaily  = 10
)

// Throttle bounds how often secrets go to one number or e-mail address: an exact sliding window, kept in the table limits
// as SENDS#hmac / purpose with the times of the last day, so that no address stands there.
type Throttle struct {
	Table table.Table // limits
	Key   *secret.Key // the ring Decoy
}

// sends are the times of the sends of the last day, oldest first, in Unix milliseconds.
type sends struct {
	At []int64 `json:"at"`
}

// Allow answers the operation that counts one send, for the transaction that causes it, or the fault
// sending_too_often. When the transaction fails on this operation, somebody else sent meanwhile: see TooOften.
func (t *Throttle) Allow(ctx context.Context, purpose Purpose, address string, now time.Time) (table.Op, error) {
	mac, err := t.Key.MAC(ctx, []byte("sends\x00"+fold(address)))
	if err != nil {
		return table.Op{}, err
	}
	key := table.Key{PK: "SENDS#" + mac, SK: string(purpose)}
	item, there, err := t.Table.Get(ctx, key, true)
	if err != nil {
		return table.Op{}, fmt.Errorf("sends for %s: %w", purpose, err)
	}
	var last sends
	if there {
		if err := item.Decode(&last); err != nil {
			return table.Op{}, fmt.Errorf("sends for %s: %w", purpose, err)
		}
	}
	at := within(last.At, now, 24*time.Hour)
	if wait := wait(at, now); wait > 0 {
		return table.Op{}, tooOften(wait)
	}
	next, err := table.New(key, sends{append(at, now.UnixMilli())})
	next.Version, next.Expires = item.Version, now.Add(24*time.Hour+time.Second).Truncate(time.Second)
	op := table.Op{Verb: table.OpCreate, Table: LimitsTable, Item: next}
	if there {
		op.Verb = table.OpReplace
	}
	return op, err
}

// TooOften turns a transaction's conflict on Allow's operation, at index op, into the fault sending_too_often, because
// a race for it is lost to another send; any other error stays itself.
func TooOften(err error, op int) error {
	var conflict *table.Conflict
	if errors.As(err, &conflict) && conflict.Op == op {
		return tooOften(sendsApart)
	}
	return err
}

func tooOften(wait time.Duration) error {
	e := fault.New(fault.Limited, "sending_too_often")
	e.RetryAfter = wait
	return e
}

// wait is how long until the next send keeps every limit.
func wait(at []int64, now time.Time) time.Duration {
	var longest time.Duration
	for _, limit := range []struct {
		sends int
		in    time.Duration
	}{{1, sendsApart}, {sendsHourly, time.Hour}, {sendsDaily, 24 * time.Hour}} {
		if recent := within(at, now, limit.in); len(recent) >= limit.sends {
			free := time.UnixMilli(recent[len(recent)-limit.sends]).Add(limit.in)
			longest = max(longest, free.Sub(now))
		}
	}
	return longest
}

// within answers the times less than d before now.
func within(at []int64, now time.Time, d time.Duration) []int64 {
	for i, t := range at {
		if now.Sub(time.UnixMilli(t)) < d {
			return at[i:len(at):len(at)]
		}
	}
	return nil
}

func fold(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
