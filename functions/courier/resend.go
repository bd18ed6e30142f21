package courier

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"postkontor/shared/awsjson"
)

// Step is how far a try came, so that the next one goes on from there.
type Step string

// The steps.
const (
	StepCounted Step = "counted" // the text message is taken from its budgets
	StepSent    Step = "sent"    // it is on its way, and only to be marked
)

// Retry is a message that is to be tried again.
type Retry struct {
	ID    string `json:"id"`
	Tries int    `json:"tries,omitempty"` // so far
	Done  Step   `json:"done,omitempty"`
}

// delays stand between the tries; the last one again and again, until the message expires.
var delays = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute}

// Resend keeps messages that could not be sent: SQS, or Waiting in the local runner.
type Resend interface {
	// Later has the message delivered again after at least that time, at most 15 minutes.
	Later(ctx context.Context, r Retry, after time.Duration) error
	// Dead keeps a message that is not tried again, for the operator to look at.
	Dead(ctx context.Context, r Retry) error
}

// SQS is the queue resend and its dead-letter queue. Its role needs sqs:SendMessage on both.
type SQS struct {
	client      awsjson.Client
	queue, dead string
}

// NewSQS makes it of a client (endpoint, region and credentials where they are not Lambda's own) and the queues' URLs.
func NewSQS(client awsjson.Client, queue, dead string) *SQS {
	client.Service, client.ContentType = "sqs", "application/x-amz-json-1.0"
	return &SQS{client.Defaults(), queue, dead}
}

// Later is Resend's.
func (s *SQS) Later(ctx context.Context, r Retry, after time.Duration) error {
	return s.put(ctx, s.queue, r, after)
}

// Dead is Resend's.
func (s *SQS) Dead(ctx context.Context, r Retry) error { return s.put(ctx, s.dead, r, 0) }

func (s *SQS) put(ctx context.Context, queue string, r Retry, after time.Duration) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	in := map[string]any{"QueueUrl": queue, "MessageBody": string(body), "DelaySeconds": int(after.Seconds())}
	return s.client.Call(ctx, "AmazonSQS.SendMessage", in, &struct{}{})
}

// Waiting is Resend in memory, on a clock that may be moved. What is lost with the process still stands pending in the
// table messages.
type Waiting struct {
	Now func() time.Time

	mu   sync.Mutex
	all  []waiting
	dead []Retry
}

type waiting struct {
	Retry
	at time.Time
}

// Later is Resend's.
func (w *Waiting) Later(_ context.Context, r Retry, after time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, waiting{r, w.Now().Add(after)})
	return nil
}

// Dead is Resend's.
func (w *Waiting) Dead(_ context.Context, r Retry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = append(w.dead, r)
	return nil
}

// Due takes out what is to be delivered now, the longest due first.
func (w *Waiting) Due() []Retry {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.SortStableFunc(w.all, func(a, b waiting) int { return a.at.Compare(b.at) })
	var due []Retry
	for len(w.all) > 0 && !w.all[0].at.After(w.Now()) {
		due = append(due, w.all[0].Retry)
		w.all = w.all[1:]
	}
	return due
}

// DeadLetters answers what is not tried again.
func (w *Waiting) DeadLetters() []Retry {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.dead)
}
