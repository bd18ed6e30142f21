package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// scanner is the header of a machine.
var scanner = []string{"X-Local-Agent", "scanner;role=machine"}

// scansOf are scans of the parcel that moves, by their codes.
func scansOf(codes string) object {
	var all []object
	at := time.Now().Add(-48 * time.Hour)
	for i, code := range strings.Fields(codes) {
		all = append(all, object{"id": code, "number": movingParcel, "at": at.Add(time.Duration(i) * time.Hour).Format(time.RFC3339), "code": code, "zip": "98101"})
	}
	return object{"scans": all}
}

// statusOf answers the status of the parcel that moves.
func (p *product) statusOf() any {
	p.t.Helper()
	return p.must(http.StatusOK, "GET", "/v1/tracking/"+movingParcel, nil).json(p.t)["status"]
}

// TestOnlyMachinesScan: the gateway itself turns away who does not sign with IAM, as it does when deployed.
func TestOnlyMachinesScan(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	who := p.signUp(1)
	for name, headers := range map[string][]string{"anybody": nil, "a customer": who.as(), "an agent": {"X-Local-Agent", "ann;role=desk"}} {
		for _, method := range []string{"POST", "GET"} {
			if a := p.must(http.StatusForbidden, method, "/v1/scans", scansOf("03"), headers...); a.body != `{"message":"Forbidden"}`+"\n" {
				t.Errorf("%s, %s: %s", name, method, a.body)
			}
		}
	}
	p.send("GET", "/v1/tracking/"+movingParcel, nil).refused(t, http.StatusNotFound, "number_unknown")
	p.send("GET", "/v1/scans", nil, scanner...).refused(t, http.StatusMethodNotAllowed, "method_not_allowed")
	for _, agent := range []string{"scanner;role=machine", "anything"} {
		if a := p.must(http.StatusAccepted, "POST", "/v1/scans", scansOf("03 10"), "X-Local-Agent", agent); strings.TrimSpace(a.body) != `{"accepted":2,"refused":[]}` {
			t.Errorf("%s: %s", agent, a.body)
		}
	}
	if status := p.statusOf(); status != "in-transit" {
		t.Errorf("%v", status)
	}
}

// TestScansWhileTheTableIsThrottled: nothing is answered as taken, and what is sent again is.
func TestScansWhileTheTableIsThrottled(t *testing.T) {
	t.Parallel()
	p := startProduct(t)
	p.must(http.StatusOK, "POST", "/_local/faults", object{"table": "throttle"})
	p.send("POST", "/v1/scans", scansOf("03 10 01"), scanner...).refused(t, http.StatusServiceUnavailable, "unavailable")
	p.must(http.StatusOK, "POST", "/_local/faults", object{})
	p.must(http.StatusAccepted, "POST", "/v1/scans", scansOf("03 10 01"), scanner...)
	if status := p.statusOf(); status != "delivered" {
		t.Errorf("%v", status)
	}
}

// TestScansOutliveTheProcess: what was answered is there after a kill that nothing can catch, and comes again harmlessly.
func TestScansOutliveTheProcess(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, codes := range []string{"GX 03", "GX 03 10 01"} {
		address := freeAddress(t)
		runner := started(t, address, data)
		p := &product{t: t, url: "http://" + address, client: &http.Client{}}
		if codes != "GX 03" && p.statusOf() != "accepted" {
			t.Errorf("after the kill: %v", p.statusOf())
		}
		p.must(http.StatusAccepted, "POST", "/v1/scans", scansOf(codes), scanner...)
		if err := runner.Process.Signal(os.Kill); err != nil {
			t.Fatal(err)
		}
		_ = runner.Wait()
	}
	p := startOn(t, data)
	scans := p.must(http.StatusOK, "GET", "/v1/tracking/"+movingParcel, nil).json(t)["scans"].([]any)
	if len(scans) != 4 || p.statusOf() != "delivered" {
		t.Errorf("%d scans, %v", len(scans), p.statusOf())
	}
}
