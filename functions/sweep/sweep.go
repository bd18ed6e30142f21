// Package sweep is the function that looks, once a day, at the accounts that have fallen due: it warns customers who have
// not logged in for years and deactivates their accounts, erases accounts that were never proved or were closed, and
// settles flagged ones; and it puts addresses in force that agents entered three days before. It has no HTTP routes.
//
// What it costs grows with the accounts that are due. A login only moves the day on which an account was last active; when
// its bucket falls due, the sweep finds that day and moves the account to the bucket where it will matter. With nothing
// due a run is 34 calls: how far the last one came, 16 buckets of its day and 16 of today, and a note.
//
// Every visit is conditional on what it saw, so runs may overlap, be killed, and be repeated: a second one finds nothing
// left to do. A run goes on after an error; the days on which one happened are looked at again by the next run.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"postkontor/shared/account"
	"postkontor/shared/metric"
)

// ErrUnfinished says that a run had no time left. The next one goes on where it stopped.
var ErrUnfinished = errors.New("the sweep had no time to finish")

// margin is how long before the function's end a run stops, so that it can still note how far it came.
const margin = 15 * time.Second

// Config is what the sweep needs.
type Config struct {
	Accounts *account.Store
	Most     int // accounts that one run warns, deactivates or erases; then it stops and raises an alarm. 0: any number
	Metrics  *metric.Sink
	Log      *slog.Logger
}

// Order says how a run goes.
type Order struct {
	DryRun bool `json:"dryRun"` // only counts what it would do
}

// Report is how many accounts a run has visited and what it brought to them.
type Report struct {
	Visited     int `json:"visited"`
	Rebucketed  int `json:"rebucketed"` // those that got what they waited for among them
	Warned      int `json:"warned"`
	Deactivated int `json:"deactivated"`
	Erased      int `json:"erased"`
}

// add counts an outcome.
func (r *Report) add(o account.Outcome) {
	switch o {
	case account.Rebucketed, account.Settled:
		r.Rebucketed++
	case account.Warned:
		r.Warned++
	case account.Deactivated:
		r.Deactivated++
	case account.Erased:
		r.Erased++
	}
}

// Sweep is safe for concurrent use.
type Sweep struct{ Config }

// New makes a sweep.
func New(c Config) *Sweep { return &Sweep{c} }

// Run visits every account that is due. Where it had to stop, by the time or by an error of one account, the report says
// what was done until then.
func (s *Sweep) Run(ctx context.Context, o Order) (Report, error) {
	r := &run{Sweep: s, dry: o.DryRun}
	if end, ok := ctx.Deadline(); ok {
		r.end = end.Add(-margin)
	}
	progress, err := s.Accounts.Progress(ctx)
	if err != nil {
		return Report{}, err
	}
	today := s.Accounts.Now().UTC().Truncate(24 * time.Hour)
	done := progress.From
	for day := progress.From; !day.After(today) && !r.stopped(); day = day.AddDate(0, 0, 1) {
		r.day(ctx, day)
		if r.clean() {
			done = day // of today's accounts some may be due later today
		}
	}
	if !o.DryRun {
		r.fail(s.Accounts.Advance(ctx, progress, done))
	}
	s.tell(ctx, r, done)
	if r.capped {
		return r.report, nil
	}
	return r.report, errors.Join(r.errs...)
}

// tell logs a run, and raises the alarm of one that stopped by Most. Such a run has no other error: Lambda would begin it
// again, and so go past Most.
func (s *Sweep) tell(ctx context.Context, r *run, done time.Time) {
	s.Log.InfoContext(ctx, "sweep", "visited", r.report.Visited, "rebucketed", r.report.Rebucketed, "warned", r.report.Warned,
		"deactivated", r.report.Deactivated, "erased", r.report.Erased, "errors", len(r.errs), "dryRun", r.dry, "until", done.Format(time.DateOnly))
	if !r.capped {
		return
	}
	for _, err := range r.errs {
		s.Log.ErrorContext(ctx, "sweep stopped by its cap", "error", err)
	}
	if err := s.Metrics.Emit([]metric.Value{{Name: "SweepCapReached", Unit: metric.Count, Value: 1}}); err != nil {
		s.Log.ErrorContext(ctx, "writing a metric", "error", err)
	}
}

// run is one run of the sweep.
type run struct {
	*Sweep
	dry bool
	end time.Time // no account is visited after it; zero: no end

	mu       sync.Mutex
	report   Report
	acts     int  // that Most bounds
	capped   bool // Most is reached
	late     bool // end is reached
	errs     []error
	unlogged int // visits since the last line of progress
}

// atOnce bounds how many buckets are worked on at the same time.
const atOnce = 8

// day visits the accounts in all buckets of a day.
func (r *run) day(ctx context.Context, day time.Time) {
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for shard := range account.Shards {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			r.fail(r.bucket(ctx, day, shard))
		})
	}
	all.Wait()
}

func (r *run) bucket(ctx context.Context, day time.Time, shard int) error {
	for cursor := ""; ; {
		due, next, err := r.Accounts.DueOn(ctx, day, shard, cursor)
		if err != nil {
			return err
		}
		for _, d := range due {
			if r.stopped() || ctx.Err() != nil {
				return ctx.Err()
			}
			outcome, err := r.Accounts.Visit(ctx, d, r.may)
			if err != nil {
				r.fail(fmt.Errorf("account %s: %w", d.ID(), err))
				continue
			}
			r.visited(ctx, day, outcome)
		}
		if cursor = next; cursor == "" || r.stopped() {
			return nil
		}
	}
}

// progressEvery is after how many visits a line of the log tells how far the run is.
const progressEvery = 10_000

func (r *run) visited(ctx context.Context, day time.Time, o account.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Visited++
	if !r.dry {
		r.report.add(o)
	}
	if r.unlogged++; r.unlogged == progressEvery {
		r.unlogged = 0
		r.Log.InfoContext(ctx, "sweep goes on", "visited", r.report.Visited, "day", day.Format(time.DateOnly))
	}
}

// may is asked before anything is written. A dry run counts here and allows nothing.
func (r *run) may(o account.Outcome) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dry {
		if o != account.Settled {
			r.report.add(o)
		}
		return false
	}
	if o == account.Rebucketed || o == account.Settled {
		return true
	}
	if r.Most > 0 && r.acts == r.Most {
		r.capped = true
		return false
	}
	r.acts++
	return true
}

// fail notes an error. Of many only the first are kept: one cause makes them all.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && len(r.errs) < 10 {
		r.errs = append(r.errs, err)
	}
}

// stopped reports whether nothing more is to be visited.
func (r *run) stopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.late && !r.end.IsZero() && time.Now().After(r.end) {
		r.late = true
		r.errs = append(r.errs, ErrUnfinished)
	}
	return r.late || r.capped
}

// clean reports whether every account so far was visited.
func (r *run) clean() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.errs) == 0 && !r.late && !r.capped
}
