package tracking

import (
	"testing"
	"time"

	"postkontor/shared/account/saved"
	"postkontor/shared/barcode"
	"postkontor/shared/fault"
	"postkontor/shared/page"
	"postkontor/shared/parcel"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// TestTemplates renders every page in every language: empty, with each field refused, and for every state of a parcel.
func TestTemplates(t *testing.T) {
	t.Parallel()
	if err := web.CheckPages(templates, answers); err != nil {
		t.Error(err)
	}
}

const sample = "9400100000000000000006"

// answers are the pages that there are.
func answers(v *web.Visit) (all []web.Answer) {
	v.Session = &session.Session{Username: "maria", Scope: session.Full}
	refused := page.Form{Problem: "Not like this."}
	for _, name := range []string{"numbers", "number", "label", "channels", "events"} {
		refused.Errors = append(refused.Errors, page.Error{Name: name, Message: "Wrong."})
	}
	suggested := link(sample)
	views := []trackView{{}, {Form: refused, Meant: &suggested}}
	for _, keep := range []keepView{{Number: sample, Follow: followOf(v.Lang, refused, sample, nil)}, {Kept: true, Follow: followOf(v.Lang, page.Form{}, sample, usually)}, {Login: "/login"}} {
		views = append(views, trackView{Unknown: unknownOf(v.Lang, sample, keep)})
	}
	parcels := []kept{{Package: saved.Package{Number: sample, Label: "Boots"}}, {Package: saved.Package{Number: sample}, silent: true}}
	several := []found{{number: sample, err: fault.New(fault.NotFound, "number_unknown")}, {number: sample, err: fault.New(fault.Unavailable, "unavailable")}}
	for _, reason := range []barcode.Reason{barcode.Length, barcode.CheckDigit, barcode.Characters, barcode.OtherCarrier} {
		problem := barcode.Problem{Reason: reason, Carrier: "UPS", Suggestion: sample}
		several = append(several, found{number: "1", reason: problem, err: invalid("body.numbers", &problem)})
	}
	for status := range kinds {
		p := &parcel.Parcel{Number: sample, Carrier: "USPS", Product: "priority-mail", Status: status, ExpectedDelivery: "2026-11-27", Source: parcel.Embedded}
		p.Scans = append(p.Scans, parcel.Scan{At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Code: "02", Zip: "98101"}, parcel.Scan{Code: "X?"})
		p.Decisive = p.Scans[0]
		views = append(views, trackView{Parcel: parcelOf(v.Lang, p, false)})
		several = append(several, found{number: sample, parcel: p})
		parcels = append(parcels, kept{Package: saved.Package{Number: sample}, parcel: p})
	}
	views = append(views, trackView{Lines: lines(v.Lang, several), Count: "12"})
	for _, view := range views {
		all = append(all, trackPage(v, view, 0))
	}
	for _, form := range []page.Form{{}, refused} {
		all = append(all, packagesPage(v, nil, form, 0), packagesPage(v, parcels, form, 0))
	}
	broken, _ := notUnsubscribed(v.Lang, fault.New(fault.Invalid, "token_invalid"))
	return append(all, unsubscribePage(v.Lang, sample, "token", false), unsubscribePage(v.Lang, sample, "token", true), broken)
}
