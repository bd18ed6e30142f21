// Package courier says what stands in the outbox: it is started by the stream of the table messages for every new
// message, and by the queue resend for those that could not be sent at once. It has no HTTP routes.
//
// It reads ACCOUNT#id/PROFILE of the table accounts, and ACCOUNT#id/FOLLOW#number for what is subscribed to, counts text messages in the table limits
//
//	SMS#hmac / DAY      to one number
//	SMS#prefix / DAY    to the numbers of one prefix ("+1")
//	SMS#ALL / DAY       to all
//
// and marks what it ended in the table messages. A letter goes to the verified address of its account.
package courier

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"postkontor/shared/message"
	"postkontor/shared/metric"
	"postkontor/shared/secret"
	"postkontor/shared/table"
)

// Sender brings one message to an address. What can never arrive is a *message.Refusal; every other error is tried again.
// An error holds neither the address nor the text.
type Sender interface {
	Send(ctx context.Context, to string, r message.Rendered) error
}

// Config is what courier needs.
type Config struct {
	DB       table.Database // accounts, limits, messages
	Opener   *secret.Opener
	Counters *secret.Key // the ring Decoy: hides numbers in the keys of their counters
	Words    message.Words
	Service  string // where the operator's customer service reads e-mail, "" where it reads none
	Senders  map[message.Channel]Sender
	Resend   Resend
	Budgets  Budgets
	Metrics  *metric.Sink
	Log      *slog.Logger
	Now      func() time.Time // default: time.Now
}

// Courier is safe for concurrent use.
type Courier struct{ Config }

// New makes a courier.
func New(c Config) *Courier {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Courier{c}
}

// tryTime bounds one try, so that time is left to hand the message on.
const tryTime = 12 * time.Second

// Deliver brings a message to its end, sent or dropped; one that has come to it already is left alone. What cannot be
// ended now goes to Resend. The error is that of Resend: then nobody else has the message.
func (c *Courier) Deliver(ctx context.Context, r Retry) error {
	trying, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	stored, found, err := message.Find(trying, c.messages(), r.ID)
	if err == nil && (!found || stored.State != message.Pending) {
		return nil
	}
	if err == nil {
		err = c.end(trying, &r, stored)
	}
	if err == nil {
		return nil
	}
	c.Log.WarnContext(ctx, "message waits", "id", r.ID, "tries", r.Tries+1, "error", err)
	wait := delays[min(r.Tries, len(delays)-1)]
	r.Tries++
	return c.Resend.Later(ctx, r, wait)
}

// end sends and marks, or drops. In r stays what must not be done again.
func (c *Courier) end(ctx context.Context, r *Retry, m message.Stored) error {
	if r.Done != StepSent {
		err := c.send(ctx, r, m.Message)
		var refusal *message.Refusal
		if errors.As(err, &refusal) && !(m.Template.Staff() && refusal.Reason == message.AddressRefused) { // an address that the operator can mend
			return c.drop(ctx, r, m, refusal)
		}
		if err != nil {
			return err
		}
		r.Done = StepSent
		c.tell(ctx, r, m, "sent", "")
	}
	return m.MarkSent(ctx, c.messages(), c.Now())
}

// send does all but the marking.
func (c *Courier) send(ctx context.Context, r *Retry, m message.Message) error {
	if !c.Now().Before(m.Expires) {
		return &message.Refusal{Reason: message.Expired}
	}
	to, err := c.addressee(ctx, &m)
	if err != nil {
		return err
	}
	plain, err := c.open(ctx, &m)
	if err != nil {
		return err
	}
	rendered, err := c.Words.Render(m, plain, to.name)
	if err != nil {
		return &message.Refusal{Reason: message.Unreadable, Err: err}
	}
	rendered.ID = m.ID
	if rendered.Sheet != nil {
		rendered.Sheet.To = to.window
	}
	if m.Channel == message.SMS && r.Done != StepCounted {
		if err := c.count(ctx, to.address, m.Template); err != nil {
			return err
		}
		r.Done = StepCounted
	}
	return c.Senders[m.Channel].Send(ctx, to.address, rendered)
}

// open answers the message's secret, "" when it has none, and opens values that are sealed.
func (c *Courier) open(ctx context.Context, m *message.Message) (string, error) {
	if m.Secret == "" {
		return "", nil
	}
	plain, err := c.Opener.Open(ctx, m.Secret)
	if err != nil && !errors.Is(err, secret.ErrInvalid) {
		return "", err
	}
	opened := ""
	if err == nil {
		opened, err = m.Opened(string(plain))
	}
	if err != nil {
		return "", &message.Refusal{Reason: message.Unreadable, Err: err}
	}
	return opened, nil
}

// drop ends a message unsent. Who has opted out is told by e-mail; what the operator must know of goes to the dead
// letters and raises an alarm; news that came to be old are nothing of that.
func (c *Courier) drop(ctx context.Context, r *Retry, m message.Stored, why *message.Refusal) error {
	switch {
	case why.Reason == message.OptedOut:
		if err := c.tellOptedOut(ctx, m.Message); err != nil {
			return err
		}
	case why.Reason == message.Expired && !m.Template.Subscribed(), why.Reason == message.Unreadable:
		if err := c.Resend.Dead(ctx, *r); err != nil {
			return err
		}
		c.emit("MessagesDead", metric.Field{Name: "reason", Value: string(why.Reason)})
	}
	if err := m.MarkDropped(ctx, c.messages(), why.Reason, c.Now()); err != nil {
		return err
	}
	c.tell(ctx, r, m, "dropped", why.Error())
	return nil
}

// tell logs the end of a message: nothing of its address, its values or its secret.
func (c *Courier) tell(ctx context.Context, r *Retry, m message.Stored, outcome, why string) {
	c.Log.InfoContext(ctx, "message "+outcome, "id", m.ID, "template", m.Template, "channel", m.Channel, "tries", r.Tries+1, "reason", why)
}

func (c *Courier) emit(name string, fields ...metric.Field) {
	if err := c.Metrics.Emit([]metric.Value{{Name: name, Unit: metric.Count, Value: 1}}, fields...); err != nil {
		c.Log.Error("writing a metric", "error", err)
	}
}

func (c *Courier) messages() table.Table { return c.DB.Table(message.Definition.Name) }
