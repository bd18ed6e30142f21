package main

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postkontor/infra/house"
	"postkontor/shared/parcel"
	"postkontor/shared/table"
	"postkontor/shared/table/embedded"
)

// Numbers that hold; of the last one nothing is known.
const (
	movingParcel  = "9400100000000000000006"
	arrivedParcel = "9400100000000000000013"
	unknownParcel = "9400100000000000000037"
)

// startTracking starts a runner that knows two parcels.
func startTracking(t *testing.T) *product {
	t.Helper()
	data := t.TempDir()
	db, err := embedded.Open(filepath.Join(data, "tables.db"), time.Now, house.Tables()...)
	if err != nil {
		t.Fatal(err)
	}
	store := parcel.Store{DB: db, Now: time.Now}
	at := time.Now().Add(-48 * time.Hour)
	for number, codes := range map[string]string{movingParcel: "GX 03 10", arrivedParcel: "03 OF 01"} {
		for i, code := range strings.Fields(codes) {
			scan := parcel.Scan{ID: fmt.Sprint(i), Number: number, At: at.Add(time.Duration(i) * time.Hour), Code: code, Zip: "98101"}
			if n, _, err := store.Record(t.Context(), []parcel.Scan{scan}); n != 1 || err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return startOn(t, data)
}

// TestTracking: parcels are told to anybody, and forgotten 120 days after their last scan.
func TestTracking(t *testing.T) {
	t.Parallel()
	p := startTracking(t)
	one := p.must(http.StatusOK, "GET", "/v1/tracking/9400%201000-0000%200000-0000%2006", nil).json(t)
	if got := strings.Join(members(one), " "); got != "carrier expectedDelivery number product scans source status summary" || one["status"] != "in-transit" || one["number"] != movingParcel {
		t.Errorf("%s: %v", got, one)
	}
	scan := one["scans"].([]any)[0].(map[string]any)
	if got := strings.Join(members(scan), " "); got != "at city code country description id state zip" || scan["code"] != "10" {
		t.Errorf("a scan has %s", got)
	}
	spanish := p.must(http.StatusOK, "GET", "/v1/tracking/"+arrivedParcel, nil, "Accept-Language", "es").json(t)
	if summary := fmt.Sprint(spanish["summary"]); !strings.Contains(summary, "entreg") || spanish["expectedDelivery"] != nil {
		t.Errorf("in Spanish: %v", spanish)
	}
	p.send("GET", "/v1/tracking/"+unknownParcel, nil).refused(t, http.StatusNotFound, "number_unknown")
	p.send("GET", "/v1/tracking/9400100000000000000016", nil).wrong(t, "number_invalid", "path.number", "number_invalid")
	p.send("GET", "/v1/tracking?numbers="+strings.Repeat(movingParcel+",", 36), nil).wrong(t, "too_many_numbers", "query.numbers", "too_many_numbers")
	p.send("GET", "/v1/tracking?numbers=", nil).wrong(t, "validation", "query.numbers", "validation.required")
	p.advance(fmt.Sprintf("%dh", 119*24))
	p.must(http.StatusOK, "GET", "/v1/tracking/"+movingParcel, nil)
	p.advance(fmt.Sprintf("%dh", 2*24))
	p.send("GET", "/v1/tracking/"+movingParcel, nil).refused(t, http.StatusNotFound, "number_unknown")
}

func TestBL4_TrackingPerCaller(t *testing.T) {
	t.Parallel()
	p := startTracking(t)
	p.bounded("tracking", 60, 60, func(headers ...string) answered {
		return p.send("GET", "/v1/tracking?numbers="+movingParcel+","+unknownParcel, nil, headers...)
	})
}

// TestTrackingWhileTheTableIsThrottled: it says so, and when to try again, and loses nothing that was typed.
func TestTrackingWhileTheTableIsThrottled(t *testing.T) {
	t.Parallel()
	p := startTracking(t)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	p.send("GET", "/v1/tracking/"+movingParcel, nil).refused(t, http.StatusServiceUnavailable, "unavailable")
	page := p.send("GET", "/track?numbers="+movingParcel, nil)
	if page.StatusCode != http.StatusServiceUnavailable || page.Header.Get("Retry-After") == "" {
		t.Errorf("the page: %d", page.StatusCode)
	}
	contains(t, page.body, "<title>Error: ", "\n"+movingParcel+"</textarea>")
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.must(http.StatusOK, "GET", "/track?numbers="+movingParcel, nil)
}

// TestPackagesOfTheirOwners: nobody sees or touches another customer's; their owner takes them along, and they are gone
// with the account.
func TestPackagesOfTheirOwners(t *testing.T) {
	t.Parallel()
	p := startTracking(t)
	ada, bo := p.signUp(1), p.signUp(2)
	p.must(http.StatusOK, "PUT", "/v1/account/packages/"+arrivedParcel, object{"label": "Winter boots"}, ada.as()...)
	p.must(http.StatusOK, "PUT", "/v1/account/packages/"+unknownParcel, nil, ada.as()...)
	list := p.must(http.StatusOK, "GET", "/v1/account/packages", nil, ada.as()...).json(t)["items"].([]any)
	if first := list[0].(map[string]any); len(list) != 2 || first["number"] != arrivedParcel || first["label"] != "Winter boots" || first["status"] != "delivered" || first["newestAt"] == nil {
		t.Errorf("%v", list)
	}
	p.send("DELETE", "/v1/account/packages/"+arrivedParcel, nil, bo.as()...).refused(t, http.StatusNotFound, "not_found")
	if others := p.must(http.StatusOK, "GET", "/v1/account/packages", nil, bo.as()...).json(t)["items"].([]any); len(others) != 0 {
		t.Errorf("another customer has %v", others)
	}
	p.send("GET", "/v1/account/packages", nil).refused(t, http.StatusUnauthorized, "login_required")
	if all := p.must(http.StatusOK, "GET", "/v1/account/export", nil, ada.as()...); !strings.Contains(all.body, "Winter boots") || !strings.Contains(all.body, unknownParcel) {
		t.Errorf("the export lacks packages: %s", all.body)
	}
	form := url.Values{"number": {movingParcel}, "next": {"https://elsewhere.example/"}}
	if a := p.send("POST", "/account/packages", form, bo.as()...); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/account/packages" {
		t.Errorf("saving on the page: %d %v", a.StatusCode, a.Header)
	}
	if a := p.send("POST", "/account/packages", form, "Origin", "https://elsewhere.example", "Cookie", "__Host-session="+bo.token); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site's page saves: %d", a.StatusCode)
	}
	p.advance("169h") // neither e-mail address was proved within seven days
	p.must(http.StatusOK, "POST", "/_local/sweep", nil)
	p.stop()
	err := p.tables().Each("accounts", func(item table.Item) error {
		if strings.HasPrefix(item.Key.SK, "PACKAGE") {
			t.Errorf("left of an erased account: %v", item.Key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
