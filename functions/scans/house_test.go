package scans_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"postkontor/functions/scans"
	"postkontor/shared/barcode"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/parcel"
	"postkontor/shared/session"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
	"postkontor/shared/web"
	"postkontor/shared/web/gateway"
)

// house is the function on an embedded table that can be throttled, and what its logs say.
type house struct {
	*testing.T
	*scans.Scans
	throttle *throttle
	log      *bytes.Buffer
}

// throttle refuses every so manieth write of a database; 0: none.
type throttle struct {
	table.Database
	every atomic.Int64
	seen  atomic.Int64
}

func (t *throttle) Table(name string) table.Table { return throttled{t.Database.Table(name), t} }

type throttled struct {
	table.Table
	by *throttle
}

func (t throttled) Merge(ctx context.Context, item table.Item) (table.Item, error) {
	if every := t.by.every.Load(); every > 0 && t.by.seen.Add(1)%every == 0 {
		return table.Item{}, fmt.Errorf("throttled: %w", table.ErrUnavailable)
	}
	return t.Table.Merge(ctx, item)
}

func open(t *testing.T) *house {
	t.Helper()
	db, err := embedded.Open(filepath.Join(t.TempDir(), "tables"), time.Now, parcel.Definition, session.Definition, web.LimitsDefinition)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &house{T: t, throttle: &throttle{Database: db}, log: &bytes.Buffer{}}
	h.Scans = scans.New(scans.Config{Parcels: &parcel.Store{DB: h.throttle, Now: time.Now}, Log: slog.New(slog.NewJSONHandler(h.log, nil)),
		Edge: web.Config{Origin: &url.URL{Scheme: "https", Host: "account.example.com"}, Operator: operator.Default(), Now: time.Now,
			Sessions: &session.Store{Table: db.Table(session.Definition.Name), Now: time.Now},
			Limits:   db.Table(web.LimitsDefinition.Name), Events: metric.New(h.log, "scans")}})
	return h
}

// machine signs with IAM, as the gateway says it.
var machine = gateway.Request{SourceIP: "203.0.113.7", IAM: "arn:aws:iam::000000000000:role/scanner"}

// send sends a body through the gateway's event and Lambda's handler.
func (h *house) send(who gateway.Request, method, kind, body string) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequestWithContext(h.Context(), method, "/v1/scans", nil)
	r.Header.Set("Content-Type", kind)
	event, err := gateway.EncodeRequest(r, []byte(body), who)
	if err != nil {
		h.Fatal(err)
	}
	answer, err := h.Invoke(h.Context(), event)
	if err != nil {
		h.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := gateway.WriteResponse(w, answer); err != nil {
		h.Fatal(err)
	}
	return w
}

// object is a JSON object.
type object = map[string]any

// batch encodes scans of any shape.
func batch(scans ...any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object{"scans": scans}); err != nil {
		panic(err)
	}
	return out.String()
}

// taken is an answer of POST /v1/scans.
type taken struct {
	Accepted int
	Refused  []scans.Refused
}

// post sends a batch that is answered with 202.
func (h *house) post(body string) (answer taken) {
	h.Helper()
	w := h.send(machine, http.MethodPost, "application/json", body)
	if w.Code != http.StatusAccepted {
		h.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		h.Fatal(err)
	}
	return answer
}

// queue hands messages over as Lambda does, and answers the ids of those that are given back.
func (h *house) queue(messages ...events.SQSMessage) map[string]bool {
	h.Helper()
	event, err := json.Marshal(events.SQSEvent{Records: messages})
	if err != nil {
		h.Fatal(err)
	}
	out, err := h.Invoke(h.Context(), event)
	if err != nil {
		h.Fatal(err)
	}
	var answer struct {
		Failures *[]events.SQSBatchItemFailure `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(out, &answer); err != nil || answer.Failures == nil {
		h.Fatalf("%s: %v", out, err)
	}
	back := map[string]bool{}
	for _, f := range *answer.Failures {
		back[f.ItemIdentifier] = true
	}
	return back
}

func message(id, body string) events.SQSMessage {
	return events.SQSMessage{MessageId: id, EventSource: "aws:sqs", Body: body}
}

// noon is long enough ago for every scan of a test.
var noon = time.Now().UTC().Truncate(time.Hour).Add(-48 * time.Hour)

// scan is one that holds; changes replace members, and nil removes them.
func scan(serial int, changes object) object {
	s := object{"id": fmt.Sprint("scan-", serial), "number": numbered(serial), "at": noon.Add(time.Duration(serial) * time.Second).Format(time.RFC3339Nano),
		"code": "10", "zip": "98101"}
	for name, value := range changes {
		if s[name] = value; value == nil {
			delete(s, name)
		}
	}
	return s
}

func many(n int) (all []any) {
	for i := range n {
		all = append(all, scan(i, nil))
	}
	return all
}

// numbers are canonical numbers of as many parcels as a batch may have, and one more.
var numbers = sync.OnceValue(func() (all []string) {
	for n := range scans.Most + 1 {
		for digit := range 10 {
			if number, problem := barcode.Parse(fmt.Sprintf("92055000000%010d%d", n, digit)); problem == nil {
				all = append(all, number.Canonical)
			}
		}
	}
	return all
})

func numbered(n int) string { return numbers()[n] }

// ids answers the ids of a parcel's scans, newest first.
func (h *house) ids(number string) (ids []string) {
	h.Helper()
	found, err := h.Parcels.Look(h.Context(), []string{number})
	if err != nil {
		h.Fatal(err)
	}
	if found[number] != nil {
		for _, s := range found[number].Scans {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// whole answers how many of the first n parcels have their one scan, once.
func (h *house) whole(n int) (whole int) {
	h.Helper()
	for some := range slices.Chunk(numbers()[:n], 100) {
		found, err := h.Parcels.Look(h.Context(), some)
		if err != nil {
			h.Fatal(err)
		}
		for number, p := range found {
			if len(p.Scans) == 1 && p.Scans[0].ID == fmt.Sprint("scan-", slices.Index(numbers(), number)) {
				whole++
			}
		}
	}
	return whole
}
