package courier_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postkontor/shared/message"
	"postkontor/shared/secret"
)

const service = "service@example.com"

// request is what somebody without an account wrote to customer service.
func request() message.Message {
	return message.Message{Channel: message.Email, Template: message.SupportRequest, Language: "en", Values: map[string]string{"number": "7K2M-QX4T",
		"topic": "Something else", "name": "Secretname", "email": "secret@example.org", "text": "Secret text\nof two lines", "account": "nobody", "username": "–", "language": "sv"}}
}

func TestTheServiceGetsWhatCustomersWrite(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Service = service
	id := h.put(request())
	number := h.put(message.Message{Channel: message.Email, Template: message.SupportReceived, To: "secret@example.org", Language: "sv", Secret: "7K2M-QX4T"})
	h.deliver(id)
	h.deliver(number)
	got := h.provider.sent()
	if len(got) != 2 || got[0].to != service || !strings.Contains(got[0].text, "> Secret text\n> of two lines\n") || got[1].to != "secret@example.org" ||
		!strings.Contains(got[1].text, "\n7K2M-QX4T\n") || strings.Contains(got[1].text, "Secret") {
		t.Errorf("sent %v", got)
	}
	if h.state(id) != "sent" || h.state(number) != "sent" || strings.Contains(strings.ToLower(h.log.String()), "secret") {
		t.Errorf("%s, %s, log %s", h.state(id), h.state(number), h.log)
	}
}

// TestWhatCustomersWriteWaitsForTheOperator: no mistake in the operator's address loses it; what can be read by nobody raises
// the alarm.
func TestWhatCustomersWriteWaitsForTheOperator(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.put(request())
	h.deliver(id) // no address
	h.Service = "two@example.com, addresses@example.com"
	h.pass(time.Minute)
	if h.state(id) != "pending" || len(h.provider.sent()) != 0 {
		t.Fatalf("%s, sent %v", h.state(id), h.provider.sent())
	}
	h.Service = service
	h.pass(2 * time.Minute)
	if got := h.provider.sent(); h.state(id) != "sent" || len(got) != 1 || !strings.Contains(got[0].text, "Secret text") {
		t.Errorf("mended: %s, sent %v", h.state(id), got)
	}
	foreign, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.outbox.Sealer = secret.NewSealer(foreign)
	lost := h.put(request())
	h.deliver(lost)
	if dead := h.waiting.DeadLetters(); h.state(lost) != "dropped unreadable" || len(dead) != 1 || dead[0].ID != lost {
		t.Errorf("%s, dead %v", h.state(lost), dead)
	}
}
