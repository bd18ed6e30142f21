package scans_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postkontor/functions/scans"
	"postkontor/shared/web/gateway"
)

// TestWhoMayTell: machines alone, whatever else a caller shows.
func TestWhoMayTell(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, who := range map[string]gateway.Request{"anybody": {SourceIP: "203.0.113.7"},
		"an agent": {SourceIP: "203.0.113.7", Claims: map[string]string{"sub": "ann", "roles": "[desk warehouse machine]"}}} {
		if w := h.send(who, "POST", "application/json", batch(scan(1, nil))); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "scope_insufficient") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if ids := h.ids(numbered(1)); ids != nil {
		t.Errorf("taken nevertheless: %v", ids)
	}
	if answer := h.post(batch(scan(1, nil))); answer.Accepted != 1 || answer.Refused == nil {
		t.Errorf("%+v", answer)
	}
	if ids := h.ids(numbered(1)); len(ids) != 1 {
		t.Errorf("answered before it is applied: %v", ids)
	}
}

// TestBadBatches: what is no batch is refused whole.
func TestBadBatches(t *testing.T) {
	t.Parallel()
	h := open(t)
	long := `{"scans":[` + strings.Repeat(" ", 256<<10) + `]}`
	for _, c := range []struct {
		name, kind, body string
		status           int
		code             string
	}{
		{"no JSON", "application/json", `{"scans":[`, 400, "body_invalid"},
		{"no text", "application/json", "{\"scans\":[\"\xff\"]}", 400, "body_invalid"},
		{"another type", "text/plain", batch(scan(1, nil)), 415, "media_type"},
		{"nothing", "application/json", ``, 400, "body_invalid"},
		{"an array", "application/json", `[]`, 422, "validation"},
		{"no scans", "application/json", `{}`, 422, "validation"},
		{"null", "application/json", `{"scans":null}`, 422, "validation"},
		{"a text", "application/json", `{"scans":"all"}`, 422, "validation"},
		{"none", "application/json", `{"scans":[]}`, 422, "validation"},
		{"501", "application/json", batch(many(501)...), 422, "validation"},
		{"something else too", "application/json", `{"scans":[{}],"more":1}`, 422, "validation"},
		{"over 256 KiB", "application/json", long, 413, "body_too_large"},
	} {
		w := h.send(machine, "POST", c.kind, c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.code) {
			t.Errorf("%s: %d %.300s", c.name, w.Code, w.Body)
		}
		if c.status == 413 && !strings.Contains(w.Body.String(), "256 KB") {
			t.Errorf("the limit is not told: %s", w.Body)
		}
	}
	if w := h.send(machine, "GET", "", ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
	if n := h.whole(501); n != 0 {
		t.Errorf("%d scans were taken", n)
	}
}

// TestAFullBatch: 500 scans of 200 KiB are one batch.
func TestAFullBatch(t *testing.T) {
	t.Parallel()
	h := open(t)
	var all []any
	for i := range scans.Most {
		all = append(all, scan(i, object{"code": "QQ", "description": strings.Repeat("x", 200), "city": strings.Repeat("y", 90)}))
	}
	body := batch(all...)
	if len(body) < 200<<10 {
		t.Fatalf("only %d bytes", len(body))
	}
	if answer := h.post(body); answer.Accepted != scans.Most || h.whole(scans.Most) != scans.Most {
		t.Errorf("%+v, %d whole", answer, h.whole(scans.Most))
	}
}

// TestEachWrongScanAlone: among 499 good ones only it is refused, with its reason; what is merely unusual is taken.
func TestEachWrongScanAlone(t *testing.T) {
	t.Parallel()
	ahead := func(by time.Duration) string { return time.Now().Add(by).Format(time.RFC3339) }
	for _, c := range []struct {
		wrong any
		code  string // "": taken
	}{
		{nil, "number_invalid"}, {5, "number_invalid"}, {"scan", "number_invalid"}, {[]any{}, "number_invalid"}, {object{}, "number_invalid"},
		{scan(250, object{"number": nil}), "number_invalid"},
		{scan(250, object{"number": 9400100000000000}), "number_invalid"},
		{scan(250, object{"number": []string{numbered(250)}}), "number_invalid"},
		{scan(250, object{"number": "1Z999AA10123456784"}), "number_invalid"},
		{scan(250, object{"number": strings.Repeat("9", 10_000)}), "number_invalid"},
		{scan(250, object{"at": nil}), "at_invalid"},
		{scan(250, object{"at": 1764000000}), "at_invalid"},
		{scan(250, object{"at": "yesterday"}), "at_invalid"},
		{scan(250, object{"at": noon.Format(time.DateTime)}), "at_invalid"},
		{scan(250, object{"at": "1999-12-31T23:59:59Z"}), "at_invalid"},
		{scan(250, object{"at": ahead(6 * time.Minute)}), "at_future"},
		{scan(250, object{"at": ahead(365 * 24 * time.Hour)}), "at_future"},
		{scan(250, object{"at": ahead(4 * time.Minute)}), ""},
		{scan(250, object{"id": nil}), "validation"},
		{scan(250, object{"id": 7}), "validation"},
		{scan(250, object{"id": ""}), "validation"},
		{scan(250, object{"code": nil}), "validation"},
		{scan(250, object{"code": object{"a": 1}}), "validation"},
		{scan(250, object{"zip": 98101}), "validation"},
		{scan(250, object{"zip": "9810"}), "validation"},
		{scan(250, object{"country": "USA"}), "validation"},
		{scan(250, object{"description": strings.Repeat("x", 201)}), "validation"},
		{scan(250, object{"weight": 3}), "validation"},
		{scan(250, object{"code": "ZZ-9", "description": "Seen by a drone"}), ""},
		{scan(250, object{"zip": "", "description": ""}), ""},
		{scan(250, object{"number": "420 98101 " + numbered(250)}), ""},
	} {
		t.Run(fmt.Sprintf("%.80v", c.wrong), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			all := many(scans.Most)
			all[250] = c.wrong
			answer := h.post(batch(all...))
			want, taken := []scans.Refused{{Index: 250, Code: c.code}}, scans.Most-1
			if c.code == "" {
				want, taken = []scans.Refused{}, scans.Most
			}
			if answer.Accepted != taken || !slices.Equal(answer.Refused, want) {
				t.Errorf("%d accepted, refused %v, want %v", answer.Accepted, answer.Refused, want)
			}
			if n := h.whole(scans.Most); n != taken {
				t.Errorf("%d parcels have their scan, want %d", n, taken)
			}
		})
	}
}

// TestTwiceAndInPieces: a scan counts once, in its first content, however often it comes, in one batch and in several.
func TestTwiceAndInPieces(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := numbered(1)
	first, again := scan(1, nil), scan(1, object{"code": "01", "number": "420-98101-" + one})
	if answer := h.post(batch(first, again, first)); answer.Accepted != 3 {
		t.Errorf("%+v", answer)
	}
	h.post(batch(scan(2, object{"number": one})))
	h.post(batch(again, scan(2, object{"number": one}), scan(0, object{"number": one})))
	if ids := h.ids(one); !slices.Equal(ids, []string{"scan-2", "scan-1", "scan-0"}) {
		t.Errorf("%v", ids)
	}
	found, err := h.Parcels.Look(t.Context(), []string{one})
	if err != nil || found[one].Status != "in-transit" {
		t.Errorf("%+v, %v", found[one], err)
	}
}

// TestThrottledInTheMiddle: a batch of which some could not be written is not answered as taken; sent again it is whole,
// and nothing is there twice.
func TestThrottledInTheMiddle(t *testing.T) {
	t.Parallel()
	h := open(t)
	body := batch(many(scans.Most)...)
	h.throttle.every.Store(7)
	w := h.send(machine, "POST", "application/json", body)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if n := h.whole(scans.Most); n < 400 || n == scans.Most {
		t.Errorf("%d of 500 were written", n)
	}
	h.throttle.every.Store(0)
	if answer := h.post(body); answer.Accepted != scans.Most || h.whole(scans.Most) != scans.Most {
		t.Errorf("%+v, %d whole", answer, h.whole(scans.Most))
	}
	if strings.Contains(h.log.String(), numbered(3)[:20]) || strings.Contains(h.log.String(), "scan-3") {
		t.Errorf("the log names parcels: %s", h.log)
	}
}

// TestTheDocumentTellsWhatIsTaken: the schema of a scan is told, and whatever it says, nothing refuses a batch for one.
func TestTheDocumentTellsWhatIsTaken(t *testing.T) {
	t.Parallel()
	document, err := json.Marshal(open(t).API.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"anyOf":[{"$ref":"#/components/schemas/ScanEvent"},{}]`, `"security":[{"machine":[]}]`} {
		if !strings.Contains(string(document), part) {
			t.Errorf("no %s in %s", part, document)
		}
	}
}
