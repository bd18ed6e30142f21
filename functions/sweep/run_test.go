package sweep_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/functions/sweep"
	"postkontor/infra/servers"
	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/table"
	"postkontor/shared/table/dynamo"
)

var order = sweep.Order{}

// due makes accounts that are all due for their first warning.
func (h *house) due(people int) {
	h.Helper()
	for n := range people {
		h.active(n, locale.English, false)
	}
	h.days(1035)
}

// warnings counts the messages and the ledger's entries of warnings.
func (h *house) warnings() (messages, entries int) {
	h.Helper()
	for _, m := range h.outbox.all {
		if m.Template == message.DormantWarning {
			messages++
		}
	}
	for _, key := range h.kept("accounts") {
		if strings.HasPrefix(key.SK, "WARNED#") {
			entries++
		}
	}
	return messages, entries
}

func TestTwoSweepsAtOnceWarnOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	const people = 40
	h.due(people)
	var all sync.WaitGroup
	var warned atomic.Int64
	for range 3 {
		all.Go(func() {
			report, err := h.sweep.Run(t.Context(), order)
			if err != nil {
				t.Error(err)
			}
			warned.Add(int64(report.Warned))
		})
	}
	all.Wait()
	if messages, entries := h.warnings(); messages != people || entries != people || warned.Load() != people {
		t.Errorf("%d messages, %d entries, %d reported, of %d", messages, entries, warned.Load(), people)
	}
}

// mortal is a database that cancels a run before its nth write, as if the function were killed there.
type mortal struct {
	table.Database
	writes atomic.Int64
	last   int64
	kill   context.CancelFunc
}

func (m *mortal) write() {
	if m.writes.Add(1) == m.last {
		m.kill()
	}
}

func (m *mortal) Transact(ctx context.Context, ops ...table.Op) error {
	m.write()
	return m.Database.Transact(ctx, ops...)
}

func (m *mortal) Table(name string) table.Table { return mortalTable{m.Database.Table(name), m} }

type mortalTable struct {
	table.Table
	mortal *mortal
}

func (t mortalTable) Replace(ctx context.Context, item table.Item) error {
	t.mortal.write()
	return t.Table.Replace(ctx, item)
}

// TestAKilledSweepIsTakenUp: killed before every single write in turn and begun again, every account is warned once, erased
// once, and none is left out.
func TestAKilledSweepIsTakenUp(t *testing.T) {
	t.Parallel()
	h := open(t)
	const people = 12
	h.due(people)
	for n := range 5 {
		h.create(100+n, locale.English)
	}
	h.days(7)
	var sum sweep.Report
	for last := int64(1); ; last++ {
		ctx, cancel := context.WithCancel(t.Context())
		m := &mortal{Database: h.outbox, last: 1 + last%4, kill: cancel}
		report, err := h.sweeper(m, 0).Run(ctx, order)
		cancel()
		sum.Warned, sum.Erased = sum.Warned+report.Warned, sum.Erased+report.Erased
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || last > 200 {
			t.Fatalf("run %d: %+v, %v", last, report, err)
		}
	}
	h.run(0, 0, 0)
	if messages, entries := h.warnings(); messages != people || entries != people || sum.Warned > people || sum.Erased > 5 {
		t.Errorf("%d messages, %d entries, reported %+v", messages, entries, sum)
	}
}

func TestACapStopsAndRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.due(60)
	capped := h.sweeper(h.outbox, 25)
	for _, warned := range []int{25, 25, 10} {
		h.metrics.Reset()
		report, err := capped.Run(t.Context(), order)
		if err != nil || report.Warned != warned {
			t.Errorf("%+v, %v; want %d", report, err, warned)
		}
		if report.Visited > 25+account.Shards {
			t.Errorf("goes on after it: %+v", report)
		}
		if alarm := strings.Contains(h.metrics.String(), `"SweepCapReached":1`); alarm != (warned == 25) {
			t.Errorf("%d warned, alarm %v", warned, alarm)
		}
		h.days(1)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.due(3)
	h.create(50, locale.English)
	flagged := h.registration(51, locale.English)
	flagged.Name = h.registration(0, locale.English).Name
	a, err := h.Create(t.Context(), flagged, none)
	if err != nil {
		t.Fatal(err)
	}
	h.prove(a.ID, account.ProveEmail, message.VerifyEmail)
	h.days(7)
	before := len(h.kept("accounts"))
	report, err := h.sweep.Run(t.Context(), sweep.Order{DryRun: true})
	if err != nil || report != (sweep.Report{Visited: 5, Rebucketed: 1, Warned: 3, Erased: 1}) {
		t.Errorf("%+v, %v", report, err)
	}
	if messages, entries := h.warnings(); messages+entries > 0 || len(h.kept("accounts")) != before {
		t.Error("something was written")
	}
	h.run(3, 0, 1)
}

// TestARunWithoutTimeSaysSo: it visits nobody in the seconds before the function's end, and the next one goes on.
func TestARunWithoutTimeSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.due(3)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if report, err := h.sweep.Run(ctx, order); !errors.Is(err, sweep.ErrUnfinished) || report.Visited > 0 {
		t.Errorf("%+v, %v", report, err)
	}
	h.run(3, 0, 0)
}

// TestOneBrokenAccountStopsNoOther, and the next run looks at it again.
func TestOneBrokenAccountStopsNoOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.due(3)
	profile := table.Key{PK: "ACCOUNT#" + h.get("heron1").ID, SK: "PROFILE"}
	item, _, err := h.db.Table("accounts").Get(t.Context(), profile, true)
	if err != nil {
		t.Fatal(err)
	}
	broken := item
	broken.Data = []byte(`{"id":5}`)
	if err := h.db.Table("accounts").Put(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
	for _, warned := range []int{2, 0} {
		report, err := h.sweep.Run(t.Context(), order)
		if err == nil || report.Warned != warned || strings.Contains(err.Error(), "heron") {
			t.Errorf("%+v, %v", report, err)
		}
		h.days(2)
	}
	h.days(1035)
	capped, err := h.sweeper(h.outbox, 2).Run(t.Context(), order)
	if err != nil || capped.Warned == 0 {
		t.Errorf("a run that its cap stops is begun again: %+v, %v", capped, err)
	}
	if err := h.db.Table("accounts").Put(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	h.run(3-capped.Warned, 0, 0)
}

// TestSweepCost holds a run to what the package's doc says: 34 calls when nothing is due; one more for each account that
// only moves, two for a warning.
func TestSweepCost(t *testing.T) {
	t.Parallel()
	h := open(t)
	const people = 10
	h.due(people)
	h.run(people, 0, 0)
	h.days(1)
	calls := func() (sweep.Report, int64) {
		ctx, n := table.WithCalls(t.Context())
		report, err := h.sweep.Run(ctx, order)
		if err != nil {
			t.Fatal(err)
		}
		return report, n.Load()
	}
	if report, n := calls(); report.Visited != 0 || n != 34 {
		t.Errorf("nothing due: %+v, %d calls", report, n)
	}
	if _, n := calls(); n != 17 {
		t.Errorf("again on the same day: %d calls", n)
	}
	for n := range people {
		if n%2 == 0 {
			h.enter(strings.Replace("heronN", "N", string(rune('0'+n)), 1))
		}
	}
	h.days(28)
	h.run(0, 0, 0)
	h.days(1)
	report, n := calls()
	if report.Rebucketed != people/2 || report.Warned != people/2 || n != 34+people/2+2*people/2 {
		t.Errorf("%+v, %d calls", report, n)
	}
}

// TestTheSweepOnDynamoDB: the whole life of an account that nobody uses, beside others.
func TestTheSweepOnDynamoDB(t *testing.T) {
	t.Parallel()
	h := open(t)
	anybody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
	})
	db := dynamo.New(dynamo.Options{Endpoint: servers.DynamoDB(t), Region: "us-east-1", Credentials: anybody, Prefix: "sweep-", Now: h.now, Definitions: definitions})
	if err := db.CreateTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.on(db)
	idle, used, never, closed := h.active(1, locale.Chinese, true), h.active(2, locale.English, false), h.create(3, locale.English), h.active(4, locale.English, false)
	if _, err := h.Close(t.Context(), h.enter("heron4").Session); err != nil {
		t.Fatal(err)
	}
	h.days(7)
	h.run(0, 0, 1)
	h.days(23)
	h.run(0, 0, 1)
	h.days(500)
	h.enter("heron2")
	for _, wait := range []int{505, 30, 23, 6} {
		h.days(wait)
		h.run(1, 0, 0)
		h.run(0, 0, 0)
	}
	h.days(1)
	h.run(0, 1, 0)
	if h.status(idle.ID) != account.Inactive || h.status(used.ID) != account.Active {
		t.Errorf("%s, %s", h.status(idle.ID), h.status(used.ID))
	}
	for _, a := range []*account.Account{never, closed} {
		if _, err := h.Get(t.Context(), a.ID); fault.Code(err) != "not_found" {
			t.Errorf("%s is there: %v", a.Username, err)
		}
	}
	if n := len(h.outbox.to(idle.ID, message.DormantWarning)); n != 8 {
		t.Errorf("%d warnings", n)
	}
}
