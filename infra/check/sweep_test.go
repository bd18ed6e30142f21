package check

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"postkontor/functions/sweep"
	"postkontor/infra/journey"
)

// sweepUp lets the sweep do all that it can: pass the claim to p, which lost it to another, erase p once it has closed its
// account, and erase an account that was never proved.
func (d *deployment) sweepUp(t *testing.T, v *journey.Visitor, p journey.Person) {
	t.Helper()
	id := d.enterLetter(t, v, p)
	d.ahead += 14*24*time.Hour - 5*time.Minute
	d.logIn(t, v, p) // a session that follows
	d.ahead += 6 * time.Minute
	d.sweep(t)
	token := d.logIn(t, v, p)
	d.call(t, v, "PUT", "/v1/tracking/"+noStory+"/subscription", token, `{"channels":["email"],"events":["delivered"]}`, 200)
	d.call(t, v, "DELETE", "/v1/account", token, "", 202)
	never := journey.Fictional("four")
	never.Phone = "+12025550147"
	d.register(t, v, never)
	d.ahead += 30*24*time.Hour - 5*time.Minute
	d.logIn(t, v, p) // a session that ends
	d.ahead += 6 * time.Minute
	if report := d.sweep(t); report.Erased != 2 {
		t.Errorf("of %s and one that was never proved: %+v", id, report)
	}
}

func (d *deployment) sweep(t *testing.T) sweep.Report {
	t.Helper()
	report, err := d.house.Sweep().Run(t.Context(), sweep.Order{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestTheSweepIsStarted every day, and what fails is seen.
func TestTheSweepIsStarted(t *testing.T) {
	t.Parallel()
	function := template(t)["SweepFunction"].Properties
	nightly := member(function, "Events", "Nightly")
	if member(nightly, "Type") != "ScheduleV2" || member(nightly, "Properties", "DeadLetterConfig") == nil ||
		member(function, "EventInvokeConfig", "DestinationConfig", "OnFailure") == nil || function["Timeout"] != 900 {
		t.Errorf("the schedule is %v", nightly)
	}
	var order sweep.Order
	if err := json.Unmarshal([]byte(fmt.Sprint(member(nightly, "Properties", "Input"))), &order); err != nil || order.DryRun {
		t.Errorf("the schedule orders %+v: %v", order, err)
	}
}
