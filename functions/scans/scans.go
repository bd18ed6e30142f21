// Package scans takes the scan events of parcels, as scanners and sorting machines tell them: by POST /v1/scans, for who
// signs with IAM, and from the queue scans. A message of the queue holds what a body of POST /v1/scans does, a batch of 1
// to Most scans. Either way a scan may come again, and counts once; which of the two brings it makes no difference.
package scans

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"postkontor/shared/parcel"
	"postkontor/shared/web"
	"postkontor/shared/web/gateway"
)

// How much may come at once.
const (
	Most    = 500       // scans of a batch
	maxBody = 256 << 10 // bytes of a request
)

// Config is what scans works with.
type Config struct {
	Edge    web.Config
	Parcels *parcel.Store
	Log     *slog.Logger
}

// Scans is the function.
type Scans struct {
	Config
	*web.App
}

// New makes the function with its one route.
func New(c Config) *Scans {
	c.Edge.MaxBody = maxBody
	s := &Scans{Config: c, App: web.New(c.Edge)}
	web.Add(s.App, web.Operation{Method: http.MethodPost, Path: "/v1/scans", ID: "take-scans", Tag: "Tracking", Status: http.StatusAccepted,
		Access: web.Access{Machine: true}, Summary: "Tell scan events of parcels",
		Description: "Up to 500, of any parcels, in any order. What is accepted is written before the answer; what is wrong is refused alone, by its " +
			"index: `number_invalid`, `at_invalid`, `at_future` (over 5 minutes) or `validation`. An id that was seen before counts as accepted. " +
			"After a 503 send the same batch again."}, s.take)
	return s
}

// recordTime bounds the writing of what came at once, so that time is left to say what was not written.
const recordTime = 20 * time.Second

// record writes scans; see parcel.Store.
func (s *Scans) record(ctx context.Context, scans []parcel.Scan) (accepted int, refused []parcel.Refusal, err error) {
	ctx, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	return s.Parcels.Record(ctx, scans)
}

// Invoke serves an event, of the gateway or of the queue. It makes the function a lambda.Handler.
func (s *Scans) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if !fromQueue(event) {
		return gateway.NewHandler(s.Handler()).Invoke(ctx, event)
	}
	var e events.SQSEvent
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	return json.Marshal(s.Handle(ctx, e))
}

// fromQueue reports whether an event is the queue's: those have one member, the gateway's have others.
func fromQueue(event []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(event))
	_, _ = decoder.Token() // what is no JSON is for the gateway's handler to refuse
	first, _ := decoder.Token()
	return first == "Records"
}
