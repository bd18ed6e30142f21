package scans

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"postkontor/shared/parcel"
)

// ScanEvent is what a machine saw of a parcel.
type ScanEvent struct {
	ID          string `json:"id" maxLength:"64" doc:"Unique within the parcel; its first content stays" example:"SEA-04-20261125-081522-0017"`
	Number      string `json:"number" doc:"In any form that people write, with the routing prefix 420 too" example:"420981019205500000000000000001"`
	At          string `json:"at" format:"date-time" example:"2026-11-25T08:15:22Z"`
	Code        string `json:"code" doc:"Of the scan event table, or another" maxLength:"16" example:"OF"`
	Description string `json:"description,omitempty" doc:"Shown where the code is not known; of a delivery it says where the parcel was left" maxLength:"200"`
	Zip         string `json:"zip,omitempty" doc:"The place; city, state and country follow from it" example:"98101"`
	City        string `json:"city,omitempty" maxLength:"100"`
	State       string `json:"state,omitempty" maxLength:"100"`
	Country     string `json:"country,omitempty" doc:"ISO 3166-1 alpha-2" example:"US"`
}

// Raw is a ScanEvent that is not read yet, so that a wrong one spoils no batch.
type Raw struct{ json.RawMessage }

// Schema is asked for by huma: anything is let in, to be refused by its index.
func (Raw) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "Anything else is refused alone, by its index",
		AnyOf: []*huma.Schema{r.Schema(reflect.TypeFor[ScanEvent](), true, ""), {}}}
}

// scan reads the event. What cannot be read stays empty, or empties the id, so that the store refuses it.
func (r Raw) scan() parcel.Scan {
	var e ScanEvent
	decoder := json.NewDecoder(bytes.NewReader(r.RawMessage))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&e) != nil {
		e.ID = ""
	}
	var at time.Time
	_ = at.UnmarshalText([]byte(e.At)) // zero then
	return parcel.Scan{ID: e.ID, Number: e.Number, At: at, Code: e.Code, Description: e.Description, Zip: e.Zip, City: e.City, State: e.State, Country: e.Country}
}

// Batch is a body of POST /v1/scans, and of a message of the queue.
type Batch struct {
	Scans []Raw `json:"scans" minItems:"1" maxItems:"500" nullable:"false"`
}

func (b Batch) scans() []parcel.Scan {
	scans := make([]parcel.Scan, len(b.Scans))
	for i, raw := range b.Scans {
		scans[i] = raw.scan()
	}
	return scans
}

// BatchRequest is POST /v1/scans.
type BatchRequest struct{ Body Batch }

// BatchAnswer is its answer.
type BatchAnswer struct {
	Body struct {
		Accepted int       `json:"accepted" doc:"How many; those that had come before are among them"`
		Refused  []Refused `json:"refused" nullable:"false"`
	}
}

// Refused is a scan that was not taken.
type Refused struct {
	Index int    `json:"index" doc:"In scans, from 0"`
	Code  string `json:"code" enum:"number_invalid,at_invalid,at_future,validation"`
}

func (s *Scans) take(ctx context.Context, in *BatchRequest) (*BatchAnswer, error) {
	accepted, refused, err := s.record(ctx, in.Body.scans())
	if err != nil {
		return nil, err
	}
	answer := &BatchAnswer{}
	answer.Body.Accepted, answer.Body.Refused = accepted, []Refused{}
	for _, r := range refused {
		answer.Body.Refused = append(answer.Body.Refused, Refused(r))
	}
	return answer, nil
}
