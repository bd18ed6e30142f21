package usps

import (
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/parcel"
)

// answer is the part of the API's answers that counts here, good ones and refusals. Who signed for a parcel and which firm
// took it is in them too, and is not read.
type answer struct {
	TrackingNumber, MailClass                                                     string
	DestinationZIP, DestinationCountryCode                                        string
	ExpectedDeliveryTimeStamp, PredictedDeliveryDate, GuaranteedDeliveryTimeStamp string
	ExpectedDeliveryDate, GuaranteedDeliveryDate                                  string
	TrackingEvents                                                                []json.RawMessage
	EventSummaries                                                                []json.RawMessage // instead of events, in words
	Error                                                                         struct {
		Errors []struct{ Code string }
	}
}

// products are ours by the API's mail classes, for numbers that do not tell.
var products = map[string]string{"PRIORITY_MAIL": "priority-mail", "PRIORITY_MAIL_EXPRESS": "priority-mail-express",
	"PARCEL_SELECT": "parcel-select", "PARCEL_SELECT_LIGHTWEIGHT": "parcel-select"}

// aboutNumber reports whether a refusal says that there is nothing to tell of the number: the API's codes for that begin so.
func (a answer) aboutNumber() bool {
	return slices.ContainsFunc(a.Error.Errors, func(e struct{ Code string }) bool { return strings.HasPrefix(e.Code, "150") })
}

// parcel makes a parcel of a good answer, nil when nothing has happened to it yet. Single events that cannot be read are
// left out; an answer of another number, or one that says nothing, is no answer.
func (a answer) parcel(number barcode.Number, now time.Time) (*parcel.Parcel, error) {
	told, problem := barcode.Parse(a.TrackingNumber)
	if problem == nil && told.Canonical != number.Canonical {
		return nil, errors.New("usps: tracking answered for another number")
	}
	scans := a.scans(now)
	if len(scans) == 0 && (len(a.TrackingEvents)+len(a.EventSummaries) > 0 || a.TrackingNumber == "") {
		return nil, errors.New("usps: tracking answered without events")
	}
	number.Product = cmp.Or(number.Product, products[a.MailClass])
	if fiveDigits.MatchString(a.DestinationZIP) {
		number.Zip = a.DestinationZIP
	}
	p := parcel.Of(number, scans)
	if p == nil {
		return nil, nil
	}
	p.Source = parcel.USPS
	p.ExpectedDelivery = a.expected(p)
	return p, nil
}

// scans reads the events, which the API tells newest first. Several of one moment keep its order by a millisecond each.
func (a answer) scans(now time.Time) (scans []parcel.Scan) {
	var last time.Time // as it was told
	for _, raw := range slices.Backward(a.TrackingEvents) {
		var e event
		if json.Unmarshal(raw, &e) != nil {
			continue
		}
		scan, ok := parcel.Heard(e.scan(), now)
		if !ok {
			continue
		}
		at := scan.At
		if len(scans) > 0 && at.Equal(last) {
			scan.At = scans[len(scans)-1].At.Add(time.Millisecond)
		}
		last, scans = at, append(scans, scan)
	}
	return scans
}

// longestWay is after how long a day that is told is no expectation any more.
const longestWay = 90 * 24 * time.Hour

// expected answers the operator's own day of delivery where it gives one that can be: from acceptance until delivery, and not
// before what has happened since. Else it is our estimate, but for mail that leaves the country.
func (a answer) expected(p *parcel.Parcel) string {
	if !slices.Contains([]parcel.Status{parcel.Accepted, parcel.InTransit, parcel.OutForDelivery}, p.Status) {
		return ""
	}
	seen := p.Decisive.Local().Format(time.DateOnly)
	latest := p.Decisive.At.Add(longestWay).Format(time.DateOnly)
	for _, told := range []string{a.ExpectedDeliveryTimeStamp, a.ExpectedDeliveryDate, a.PredictedDeliveryDate, a.GuaranteedDeliveryTimeStamp, a.GuaranteedDeliveryDate} {
		day := told[:min(len(told), len(time.DateOnly))]
		if _, err := time.Parse(time.DateOnly, day); err == nil && seen <= day && day <= latest {
			return day
		}
	}
	if a.DestinationCountryCode != "" && a.DestinationCountryCode != "US" {
		return ""
	}
	return p.ExpectedDelivery
}

var fiveDigits = regexp.MustCompile(`^\d{5}$`)
