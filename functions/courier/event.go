package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-lambda-go/events"

	"postkontor/shared/message"
)

// Event is what Lambda hands over: records of the stream of messages, or messages of the queue resend.
type Event struct{ Records []Record }

// Record is either.
type Record struct {
	events.SQSMessage                             // Body is a Retry
	Change            events.DynamoDBStreamRecord `json:"dynamodb"` // with the keys of a new message
}

// Answer names the records that are to be given again.
type Answer struct {
	BatchItemFailures []Failure `json:"batchItemFailures"`
}

// Failure names one record.
type Failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

// atOnce bounds how many records are worked on at the same time.
const atOnce = 10

// Handle delivers the messages of an event. A record fails only when its message could be neither ended nor handed to
// Resend; the others are done with.
func (c *Courier) Handle(ctx context.Context, e Event) (Answer, error) {
	answer := Answer{BatchItemFailures: []Failure{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, record := range e.Records {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			id, err := c.handle(ctx, record)
			if err == nil {
				return
			}
			c.Log.ErrorContext(ctx, "record given back", "record", id, "error", err)
			mu.Lock()
			defer mu.Unlock()
			answer.BatchItemFailures = append(answer.BatchItemFailures, Failure{id})
		})
	}
	all.Wait()
	return answer, nil
}

// handle answers how Lambda names the record, and the error for which it is to be given again.
func (c *Courier) handle(ctx context.Context, record Record) (string, error) {
	if record.EventSource == "aws:sqs" {
		var r Retry
		if err := json.Unmarshal([]byte(record.Body), &r); err != nil {
			return record.MessageId, fmt.Errorf("reading a message of the queue: %w", err)
		}
		return record.MessageId, c.Deliver(ctx, r)
	}
	pk := record.Change.Keys["pk"]
	if pk.DataType() != events.DataTypeString {
		return record.Change.SequenceNumber, errors.New("a record of the stream has no pk")
	}
	id, _ := message.IDOf(pk.String())
	return record.Change.SequenceNumber, c.Deliver(ctx, Retry{ID: id})
}
