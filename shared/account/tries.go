package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/table"
)

// Wrong codes and answers: CodeTries within CodeRest close their way for CodeRest (SP 800-63B-4 §3.1.3.2).
const (
	CodeTries = 5
	CodeRest  = 24 * time.Hour
)

// tries is the counter of one way of one account, device or invention: the tries that have not succeeded, oldest first, in
// Unix milliseconds. The table limits holds it under TRIES#subject#way / COUNT until a success.
type tries struct {
	At []int64 `json:"at"`
}

// closedFor is how long the way is closed yet; 0 or less: it is open.
func (t tries) closedFor(now time.Time) time.Duration {
	if n := len(t.At); n >= CodeTries {
		return time.UnixMilli(t.At[n-1]).Add(CodeRest).Sub(now)
	}
	return 0
}

func triesKey(subject string, p Purpose) table.Key {
	return table.Key{PK: "TRIES#" + subject + "#" + string(p), SK: "COUNT"}
}

// takeTry takes one try before anything is compared, so that of many at once exactly CodeTries are, and answers how many
// are left; or way_closed. The usual case, a counter that is not there, is one write.
func (s *Store) takeTry(ctx context.Context, subject string, p Purpose) (left int64, err error) {
	counters, key, now := s.DB.Table(limits), triesKey(subject, p), s.Now()
	taken, version := tries{}, int64(0)
	for {
		if rest := taken.closedFor(now); rest > 0 {
			return 0, &fault.Error{Kind: fault.Limited, Code: "way_closed", RetryAfter: rest}
		}
		for len(taken.At) > 0 && now.Sub(time.UnixMilli(taken.At[0])) >= CodeRest {
			taken.At = taken.At[1:]
		}
		taken.At = append(taken.At, now.UnixMilli())
		item, err := table.New(key, taken)
		if err != nil {
			return 0, err
		}
		item.Version, item.Expires = version, now.Add(CodeRest+time.Second)
		write := counters.Create
		if version > 0 {
			write = counters.Replace
		}
		if err = write(ctx, item); !errors.Is(err, table.ErrCondition) {
			return CodeTries - int64(len(taken.At)), err
		}
		if taken, version, err = readTries(ctx, counters, key); err != nil {
			return 0, fmt.Errorf("counting a try: %w", err)
		}
	}
}

func readTries(ctx context.Context, counters table.Table, key table.Key) (t tries, version int64, err error) {
	item, found, err := counters.Get(ctx, key, true)
	if err == nil && found {
		err = item.Decode(&t)
	}
	return t, item.Version, err
}
