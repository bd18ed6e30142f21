package tracking_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/functions/tracking"
	"postkontor/shared/operator/api/played"
	"postkontor/shared/parcel/usps"
	"postkontor/shared/session"
)

var _ tracking.Tracker = (*usps.Client)(nil)

// TestTheLiveAPI: what the operator's API tells is answered as the store's parcels are, says who told it, and is text.
func TestTheLiveAPI(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.live()
	o.Answer = func(_ int, r *http.Request) played.Reply {
		if r.PathValue("number") != moving {
			return played.Refusal(404, "no", "")
		}
		return played.Reply{Status: 200, Body: fmt.Sprintf(`{"trackingNumber":%q,"trackingEvents":[{"eventType":"<script>alert(1)</script>\u0000\u202e","eventCode":"Q1","GMTTimestamp":%q,"eventCity":"<b>Seattle</b>","name":"J DOE"}]}`,
			moving, o.Now().Add(-time.Hour).Format(time.RFC3339))}
	}
	one := h.json(h.ask("GET", "/v1/tracking/"+moving, "", ""), 200)
	scan := one["scans"].([]any)[0].(object)
	if one["source"] != "usps" || one["status"] != "in-transit" || scan["description"] != "<script>alert(1)</script>" || len(scan["id"].(string)) != 20 {
		t.Errorf("%v", one)
	}
	many := items(h.json(h.ask("GET", "/v1/tracking?numbers="+moving+","+arrived+","+unknown, "", ""), 200))
	if many[0]["source"] != "usps" || many[1]["source"] != "embedded" || many[2]["problem"].(object)["code"] != "number_unknown" {
		t.Errorf("%v", many)
	}
	for _, path := range []string{"/track?numbers=" + moving, "/track?numbers=" + moving + "," + arrived} {
		body := h.page(path, "", nil).Body.String()
		if h.contains(path, body, "&lt;b&gt;Seattle"); strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>Seattle") || strings.Contains(body, "DOE") {
			t.Errorf("%s: %s", path, body)
		}
	}
}

// TestTheLiveAPIIsDown: what the store knows is told, what it does not know is not called unknown, and no number is logged.
func TestTheLiveAPIIsDown(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.live().Answer = func(int, *http.Request) played.Reply { return played.Reply{Status: 503} }
	if p := h.json(h.ask("GET", "/v1/tracking/"+arrived, "", ""), 200); p["source"] != "embedded" || p["status"] != "delivered" {
		t.Errorf("%v", p)
	}
	w := h.ask("GET", "/v1/tracking/"+unknown, "", "")
	if h.json(w, 503)["code"] != "unavailable" || w.Header().Get("Retry-After") != "60" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	many := items(h.json(h.ask("GET", "/v1/tracking?numbers="+arrived+","+unknown, "", ""), 200))
	if many[0]["status"] != "delivered" || many[1]["problem"].(object)["code"] != "unavailable" {
		t.Errorf("%v", many)
	}
	const words = "We are not available for a moment"
	page := h.page("/track?numbers="+unknown, "", nil)
	if h.contains("the page", page.Body.String(), words, unknown); page.Code != 503 {
		t.Errorf("%d", page.Code)
	}
	h.contains("the list", h.page("/track?numbers="+arrived+","+unknown, "", nil).Body.String(), words, "Delivered")
	token := h.signIn(ada, session.Full)
	if w := h.ask("PUT", "/v1/account/packages/"+unknown, token, `{}`); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.contains("the kept packages", h.page("/account/packages", token, nil).Body.String(), words)
	if log := h.log.text.String(); strings.Contains(log, unknown) || strings.Contains(log, url.QueryEscape(arrived)) {
		t.Error("a number stands in the log")
	}
}

// live puts the operator's API before the store.
func (h *house) live() *played.Operator {
	h.Helper()
	o := played.New(h.T, "tracking", "GET /tracking/v3/tracking/{number}", func(*testing.T, *http.Request) {})
	cfg := h.config
	cfg.Parcels = usps.New(o.Config(), h.parcels)
	h.Handler = tracking.New(cfg).Handler()
	return o
}
