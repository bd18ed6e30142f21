package tracking

import (
	"context"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/parcel"
	"postkontor/shared/web"
)

// Parcel is a parcel with its story; in a list also a number of which there is none, with its problem alone.
type Parcel struct {
	Number           string        `json:"number" doc:"Canonical: capitals and digits, without spaces, hyphens or a 420 prefix" example:"9400100000000000000006"`
	Carrier          string        `json:"carrier,omitempty" example:"USPS"`
	Product          *string       `json:"product,omitempty" doc:"As far as the number tells" example:"priority-mail"`
	Status           parcel.Status `json:"status,omitempty" enum:"pre-shipment,accepted,in-transit,out-for-delivery,delivered,available-for-pickup,alert,returned"`
	Summary          string        `json:"summary,omitempty" doc:"The status as a sentence, in the reader's language"`
	ExpectedDelivery string        `json:"expectedDelivery,omitempty" doc:"A day, an estimate; from acceptance until delivery" example:"2026-11-27"`
	Scans            []Scan        `json:"scans,omitempty" doc:"Newest first"`
	Source           string        `json:"source,omitempty" doc:"Who told it" example:"embedded"`
	Problem          *web.Problem  `json:"problem,omitempty" doc:"Only in a list: why there is no parcel of this number"`
}

// Scan is an event of a parcel's story.
type Scan struct {
	ID          string    `json:"id"`
	At          time.Time `json:"at"`
	Code        string    `json:"code" example:"OF"`
	Description string    `json:"description" doc:"In the reader's language; of a code that is not known, as it came"`
	City        string    `json:"city"`
	State       string    `json:"state"`
	Zip         string    `json:"zip"`
	Country     string    `json:"country"`
}

func told(lang locale.Tag, p *parcel.Parcel) Parcel {
	all := make([]Scan, len(p.Scans))
	for i, s := range p.Scans {
		all[i] = Scan{ID: s.ID, At: s.At.UTC(), Code: s.Code, Description: s.Words(lang), City: s.City, State: s.State, Zip: s.Zip, Country: s.Country}
	}
	return Parcel{Number: p.Number, Carrier: p.Carrier, Product: &p.Product, Status: p.Status, Summary: p.Summary(lang),
		ExpectedDelivery: p.ExpectedDelivery, Scans: all, Source: p.Source}
}

// ParcelRequest is GET /v1/tracking/{number}.
type ParcelRequest struct {
	Number string `path:"number" doc:"As it is written on the label; spaces and hyphens do not matter"`
}

// ParcelAnswer is its answer.
type ParcelAnswer struct{ Body Parcel }

func (t *Tracking) get(ctx context.Context, in *ParcelRequest) (*ParcelAnswer, error) {
	if err := t.admit(ctx); err != nil {
		return nil, err
	}
	all, err := t.look(ctx, "path.number", in.Number)
	if err != nil {
		return nil, err
	}
	if err := all[0].err; err != nil {
		return nil, err
	}
	return &ParcelAnswer{Body: told(web.Language(ctx), all[0].parcel)}, nil
}

// ParcelsRequest is GET /v1/tracking.
type ParcelsRequest struct {
	Numbers string `query:"numbers" doc:"1–35, apart by commas"`
}

// ParcelsAnswer is its answer.
type ParcelsAnswer struct {
	Body struct {
		Items []Parcel `json:"items" nullable:"false"`
	}
}

func (t *Tracking) list(ctx context.Context, in *ParcelsRequest) (*ParcelsAnswer, error) {
	if err := t.admit(ctx); err != nil {
		return nil, err
	}
	numbers := split(in.Numbers)
	if err := fewEnough("query.numbers", numbers); err != nil {
		return nil, err
	}
	all, err := t.look(ctx, "query.numbers", numbers...)
	if err != nil {
		return nil, err
	}
	answer := &ParcelsAnswer{}
	for _, f := range all {
		if f.err != nil {
			answer.Body.Items = append(answer.Body.Items, Parcel{Number: f.number, Problem: web.Describe(ctx, f.err)})
			continue
		}
		answer.Body.Items = append(answer.Body.Items, told(web.Language(ctx), f.parcel))
	}
	return answer, nil
}

// fewEnough refuses more numbers than one request may ask for, and none.
func fewEnough(location string, numbers []string) error {
	switch {
	case len(numbers) == 0:
		return fault.Fields([]fault.Field{{Location: location, Code: "validation.required"}})
	case len(numbers) > Most:
		return fault.Fields([]fault.Field{{Location: location, Code: "too_many_numbers"}})
	}
	return nil
}
