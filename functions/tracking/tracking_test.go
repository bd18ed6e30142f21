package tracking_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"postkontor/shared/session"
)

func TestOneParcel(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, typed := range []string{moving, "9400 1000 0000 0000 0000 06", "9400-1000-0000-0000-0000-06", "420981019400100000000000000006", "4209810112349400100000000000000006"} {
		p := h.json(h.ask("GET", "/v1/tracking/"+typed, "", ""), 200)
		if p["number"] != moving || p["carrier"] != "USPS" || p["status"] != "in-transit" || p["source"] != "embedded" || p["expectedDelivery"] == "" || p["summary"] == "" {
			t.Errorf("%s: %v", typed, p)
		}
		if _, there := p["product"].(string); !there {
			t.Errorf("%s has no product: %v", typed, p)
		}
		scans := p["scans"].([]any)
		newest := scans[0].(object)
		if len(scans) != 3 || newest["code"] != "10" || newest["description"] != "Processed through a regional facility" || newest["city"] != "SEATTLE" ||
			newest["state"] != "WA" || newest["zip"] != "98101" || newest["country"] != "US" || newest["at"] != noon.Format(time.RFC3339) || newest["id"] != "2" {
			t.Errorf("%s: %v", typed, scans)
		}
	}
}

// TestWhatIsNoParcel: what is wrong with a number is told, whatever comes in its place.
func TestWhatIsNoParcel(t *testing.T) {
	t.Parallel()
	h := open(t)
	for typed, want := range map[string][2]string{
		unknown: {"number_unknown", ""}, strange: {"number_unknown", ""},
		"9400100000000000000016": {"number_invalid", "check-digit"}, "EA123456786US": {"number_invalid", "check-digit"},
		"940010000000000000001": {"number_invalid", "length"}, "1": {"number_invalid", "length"}, strings.Repeat("9", 10_000): {"number_invalid", "length"},
		"9400100000000000000x13": {"number_invalid", "characters"}, "📦📦📦": {"number_invalid", "characters"}, strings.Repeat("é", 200): {"number_invalid", ""},
		"passwd\x00": {"number_invalid", "characters"}, "PACKAGE#1": {"number_invalid", "characters"}, "<script>": {"number_invalid", "characters"},
		"1Z999AA10123456784": {"number_invalid", "other-carrier"},
	} {
		status := map[string]int{"number_unknown": 404, "number_invalid": 422}[want[0]]
		p := h.json(h.ask("GET", "/v1/tracking/"+typed, "", ""), status)
		if p["code"] != want[0] || want[1] != "" && p["reason"] != want[1] {
			t.Errorf("%.40q: %v", typed, p)
		}
		if status == 422 {
			if field := p["errors"].([]any)[0].(object); field["location"] != "path.number" || field["code"] != "number_invalid" || strings.Contains(fmt.Sprint(field["message"]), "{") {
				t.Errorf("%.40q: %v", typed, field)
			}
		}
		many := items(h.json(h.ask("GET", "/v1/tracking?numbers="+url.QueryEscape(typed), "", ""), 200))
		if problem := many[0]["problem"].(object); len(many) != 1 || problem["code"] != want[0] || problem["reason"] != p["reason"] || many[0]["scans"] != nil {
			t.Errorf("%.40q in a list: %v", typed, many)
		}
		if page := h.page("/track?numbers="+url.QueryEscape(typed), "", nil); page.Code != 200 && page.Code != 422 || strings.Contains(page.Body.String(), "<script>") {
			t.Errorf("%.40q on the page: %d", typed, page.Code)
		}
		h.caller++ // within the limit
	}
	if p := h.json(h.ask("GET", "/v1/tracking/1Z999AA10123456784", "", ""), 422); p["carrier"] != "UPS" {
		t.Errorf("another carrier's: %v", p)
	}
	if p := h.json(h.ask("GET", "/v1/tracking/94OO100000000000000006", "", ""), 422); p["suggestion"] != moving {
		t.Errorf("letters for digits: %v", p)
	}
	for _, path := range []string{"/v1/tracking/", "/v1/tracking/../../etc/passwd", "/v1/tracking/" + moving + "/more"} {
		if w := h.ask("GET", path, "", ""); w.Code != 404 && w.Code != 307 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestWrongDigits: with a wrong check digit in any place the number is told to be mistyped, never unknown.
func TestWrongDigits(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.signIn(ada, session.Full)
	for i := range moving {
		wrong := []byte(moving)
		wrong[i] = '0' + (wrong[i]-'0'+1)%10
		if p := h.json(h.ask("GET", "/v1/tracking/"+string(wrong), token, ""), 422); p["code"] != "number_invalid" || p["reason"] == nil {
			t.Errorf("%s: %v", wrong, p)
		}
	}
}

func TestManyParcels(t *testing.T) {
	t.Parallel()
	h := open(t)
	got := items(h.json(h.ask("GET", "/v1/tracking?numbers="+url.QueryEscape(arrived+", 1234;"+unknown+"\n"+moving+" 9400 1000 0000 0000 0000 13"), "", ""), 200))
	want := []string{arrived + " delivered", "1234 number_invalid", unknown + " number_unknown", moving + " in-transit", arrived + " delivered"}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, item := range got {
		state := item["status"]
		if problem, ok := item["problem"].(object); ok {
			state = problem["code"]
		}
		if text := fmt.Sprint(item["number"], " ", state); text != want[i] {
			t.Errorf("%d: %s, not %s", i, text, want[i])
		}
	}
	for n, status := range map[int]int{0: 422, 1: 200, 35: 200, 36: 422, 300: 422} {
		numbers := strings.TrimSuffix(strings.Repeat(moving+",", n), ",")
		p := h.json(h.ask("GET", "/v1/tracking?numbers="+numbers, "", ""), status)
		code := map[int]any{0: "validation", 36: "too_many_numbers", 300: "too_many_numbers"}[n]
		if p["code"] != code || status == 200 && len(items(p)) != n {
			t.Errorf("%d numbers: %v", n, p["code"])
		}
	}
	if p := h.json(h.ask("GET", "/v1/tracking", "", ""), 422); p["code"] != "validation" {
		t.Errorf("no numbers: %v", p)
	}
}

// TestOneReadForThirtyFive: all parcels of a request are one call to the table, and one more counts it.
func TestOneReadForThirtyFive(t *testing.T) {
	t.Parallel()
	h := open(t)
	var numbers []string
	for i := range 35 {
		numbers = append(numbers, []string{moving, arrived, waiting, unknown, strange}[i%5])
	}
	h.ask("GET", "/v1/tracking?numbers="+strings.Join(numbers, ","), "", "")
	if line := h.log.text.String(); !strings.Contains(line, `"tableCalls":"2"`) {
		t.Error(line)
	}
}

// TestTheLimit is for who is not logged in: sixty requests a minute, of however many numbers.
func TestTheLimit(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.signIn(ada, session.Full)
	many := "/v1/tracking?numbers=" + strings.TrimSuffix(strings.Repeat(moving+",", 35), ",")
	for i := range 60 {
		if w := h.ask("GET", []string{many, "/v1/tracking/" + unknown, "/v1/tracking/1"}[i%3], "", ""); w.Code == 429 {
			t.Fatalf("refused after %d", i)
		}
	}
	w := h.ask("GET", many, "", "")
	if h.json(w, 429)["code"] != "too_many_requests" || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	page := h.page("/track?numbers="+moving, "", nil)
	if page.Code != 429 {
		t.Errorf("the page answers %d", page.Code)
	}
	h.contains("the page", page.Body.String(), moving, `role="alert"`)
	if page := h.page("/track", "", nil); page.Code != 200 {
		t.Errorf("the empty form answers %d", page.Code)
	}
	if w := h.ask("GET", many, token, ""); w.Code != 200 {
		t.Errorf("who is logged in: %d", w.Code)
	}
	h.caller = 8
	if w := h.ask("GET", many, "", ""); w.Code != 200 {
		t.Errorf("another caller: %d", w.Code)
	}
	if log := h.log.text.String(); strings.Contains(log, moving) || strings.Contains(log, unknown) {
		t.Error("a number stands in the log")
	}
}
