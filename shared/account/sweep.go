package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postkontor/shared/table"
)

// Shards is over how many buckets the accounts that are due on one day are spread.
const Shards = 16

// Due is an account in a bucket, as the index shows it: its LOGIN, or that it awaits an address.
type Due struct {
	account string
	login   *login // nil: it awaits an address
}

// ID is the account's.
func (d *Due) ID() string { return d.account }

// DueOn answers a page of the accounts in one bucket of a day, and the cursor of the next, "" on the last. It is one
// call, and eventually consistent.
func (s *Store) DueOn(ctx context.Context, at time.Time, shard int, cursor string) ([]*Due, string, error) {
	bucket := fmt.Sprintf(bucketForm, day(at), shard)
	page, err := s.accounts().Query(ctx, table.Query{Index: "due", Partition: bucket, Cursor: cursor})
	if err != nil {
		return nil, "", fmt.Errorf("querying %s: %w", bucket, err)
	}
	all := make([]*Due, len(page.Items))
	for i, item := range page.Items {
		if id, awaits := strings.CutPrefix(item.Key.PK, "ACCOUNT#"); awaits {
			all[i] = &Due{account: id}
			continue
		}
		l := &login{version: item.Version}
		if err := item.Decode(l); err != nil {
			return nil, "", fmt.Errorf("decoding a login in %s: %w", bucket, err)
		}
		all[i] = &Due{l.Account, l}
	}
	return all, page.Next, nil
}

// bucketForm is a bucket's name: its day and its shard.
const bucketForm = "DUE#%s#%02d"

// dueDay is the day of a bucket.
func dueDay(bucket string) string { return bucket[len("DUE#") : len("DUE#")+len(time.DateOnly)] }

// dueKey is the bucket in which the sweep finds an account again.
func dueKey(t time.Time, id string) string {
	return fmt.Sprintf(bucketForm, day(t), id[len(id)-1]%Shards)
}

// founded is before the first account of all: where the first sweep begins.
var founded = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// swept is the item DUE#SWEPT / DAY.
type swept struct {
	Until string `json:"until"` // no bucket of a day before it has an account in it
}

var sweptKey = table.Key{PK: "DUE#SWEPT", SK: "DAY"}

// Progress is how far sweeps have come.
type Progress struct {
	From    time.Time // the first day whose buckets may not be empty
	version int64
}

// Progress reads how far sweeps have come; one call.
func (s *Store) Progress(ctx context.Context) (Progress, error) {
	item, there, err := s.accounts().Get(ctx, sweptKey, true)
	if err != nil || !there {
		return Progress{From: founded}, err
	}
	var until swept
	if err := item.Decode(&until); err != nil {
		return Progress{}, fmt.Errorf("decoding %v: %w", sweptKey, err)
	}
	from, err := time.Parse(time.DateOnly, until.Until)
	return Progress{From: from, version: item.Version}, err
}

// Advance notes that the buckets of all days before until are empty; at most one call. Where another sweep has noted
// something meanwhile, that stays: the days between are only looked at again.
func (s *Store) Advance(ctx context.Context, p Progress, until time.Time) error {
	if !until.After(p.From) {
		return nil
	}
	item, err := table.New(sweptKey, swept{Until: day(until)})
	if err != nil {
		return err
	}
	item.Version = p.version
	write := s.accounts().Replace
	if p.version == 0 {
		write = s.accounts().Create
	}
	if err := write(ctx, item); err != nil && !errors.Is(err, table.ErrCondition) {
		return fmt.Errorf("noting how far the sweep has come: %w", err)
	}
	return nil
}
