package scans

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"postkontor/shared/parcel"
)

// Handle takes the batches of an event of the queue together. A message is given back when it is no batch, or when
// something of it could not be written; the queue gives it again, and after five times to its dead-letter queue. What is
// refused of a batch is only told to the log, by the message's id: it would be refused again.
func (s *Scans) Handle(ctx context.Context, e events.SQSEvent) events.SQSEventResponse {
	back := map[string]error{} // messages that are given back, and why
	var scans []parcel.Scan
	var from []string // the message of each scan
	for _, m := range e.Records {
		batch, err := readBatch(m.Body)
		if err != nil {
			back[m.MessageId] = err
			continue
		}
		for _, scan := range batch.scans() {
			scans, from = append(scans, scan), append(from, m.MessageId)
		}
	}
	accepted, refused, err := s.record(ctx, scans)
	var unapplied *parcel.Unapplied
	if errors.As(err, &unapplied) {
		for _, i := range unapplied.Indexes {
			back[from[i]] = unapplied.Err
		}
	}
	s.tell(ctx, from, refused)
	s.Log.InfoContext(ctx, "scans taken", "messages", len(e.Records), "accepted", accepted, "refused", len(refused), "back", len(back))
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for id, err := range back {
		s.Log.ErrorContext(ctx, "message given back", "message", id, "error", err)
		answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: id})
	}
	return answer
}

// tell logs what was refused, a line for each message.
func (s *Scans) tell(ctx context.Context, from []string, refused []parcel.Refusal) {
	all := map[string]map[string]int{}
	for _, r := range refused {
		if all[from[r.Index]] == nil {
			all[from[r.Index]] = map[string]int{}
		}
		all[from[r.Index]][r.Code]++
	}
	for id, codes := range all {
		s.Log.WarnContext(ctx, "scans refused", "message", id, "codes", codes)
	}
}

// readBatch reads a message. Its errors hold nothing of what stands in it.
func readBatch(body string) (Batch, error) {
	var b Batch
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(&b); {
	case err != nil, decoder.More():
		return b, errors.New("the message is no batch of scans")
	case len(b.Scans) == 0 || len(b.Scans) > Most:
		return b, fmt.Errorf("the message has %d scans, not 1 to %d", len(b.Scans), Most)
	}
	return b, nil
}
