package scans_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"postkontor/functions/scans"
)

// TestTheQueueDeliversTwiceAndInPieces: whatever parts of what was sent an event brings, and however often, each scan
// counts once.
func TestTheQueueDeliversTwiceAndInPieces(t *testing.T) {
	t.Parallel()
	h := open(t)
	const n = 60
	var messages []events.SQSMessage
	for i := 0; i < n; i += 3 {
		messages = append(messages, message(fmt.Sprint("m", i), batch(scan(i, nil), scan(i+1, nil), scan(i+2, nil))))
	}
	coming := slices.Concat(messages, messages, messages[:7])
	rand.Shuffle(len(coming), func(i, j int) { coming[i], coming[j] = coming[j], coming[i] })
	for some := range slices.Chunk(coming, 5) {
		if back := h.queue(some...); len(back) > 0 {
			t.Errorf("given back: %v", back)
		}
	}
	if whole := h.whole(n); whole != n {
		t.Errorf("%d of %d parcels have their scan once", whole, n)
	}
}

// TestOnlyWhatWasNotWrittenComesBack: the messages whose scans the table did not take, and no other; given again they
// are taken.
func TestOnlyWhatWasNotWrittenComesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	var messages []events.SQSMessage
	for i := range 5 {
		messages = append(messages, message(fmt.Sprint("m", i), batch(scan(i, nil))))
	}
	h.throttle.every.Store(2)
	back := h.queue(messages...)
	if len(back) != 2 {
		t.Fatalf("given back: %v", back)
	}
	for i := range 5 {
		if there := h.ids(numbered(i)) != nil; there == back[fmt.Sprint("m", i)] {
			t.Errorf("message %d: given back %t, written %t", i, back[fmt.Sprint("m", i)], there)
		}
	}
	h.throttle.every.Store(0)
	again := slices.DeleteFunc(slices.Clone(messages), func(m events.SQSMessage) bool { return !back[m.MessageId] })
	if back := h.queue(again...); len(back) > 0 || h.whole(5) != 5 {
		t.Errorf("given back %v, %d whole", back, h.whole(5))
	}
}

// TestWhatIsNoBatchComesBack each time, until the queue puts it aside; the others beside it are done with.
func TestWhatIsNoBatchComesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	bad := map[string]string{"text": "scan-7 of Ms. Garcia", "empty": "", "none": `{"scans":[]}`, "null": "null", "object": `{}`, "many": batch(many(scans.Most + 1)...),
		"other": `{"scans":[{}],"more":1}`, "two": batch(scan(7, nil)) + batch(scan(7, nil)), "array": `[]`}
	messages := []events.SQSMessage{message("good", batch(scan(0, nil))), message("wrong", batch(scan(1, nil), scan(2, object{"at": "soon"}), 5))}
	for id, body := range bad {
		messages = append(messages, message(id, body))
	}
	for range 2 {
		if back := h.queue(messages...); !slices.Equal(slices.Sorted(maps.Keys(back)), slices.Sorted(maps.Keys(bad))) {
			t.Errorf("given back: %v", slices.Sorted(maps.Keys(back)))
		}
	}
	if h.ids(numbered(7)) != nil || h.whole(2) != 2 {
		t.Errorf("%d whole", h.whole(2))
	}
	log := h.log.String()
	for _, want := range []string{`"message":"wrong","codes":{"at_invalid":1,"number_invalid":1}`, `"message":"many","error":"the message has 501 scans`} {
		if !strings.Contains(log, want) {
			t.Errorf("no %s in %s", want, log)
		}
	}
	if strings.Contains(log, "Garcia") || strings.Contains(log, numbered(2)) || strings.Contains(log, "scan-") {
		t.Errorf("the log tells what stood in messages: %s", log)
	}
}

// TestWhatIsNoEvent is refused, as the gateway's handler refuses it.
func TestWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, event := range []string{``, `{}`, `[]`, `{"Records":5}`, `"Records"`, `{"version":"1.0"}`} {
		if out, err := h.Invoke(t.Context(), []byte(event)); err == nil {
			t.Errorf("%q: %s", event, out)
		}
	}
}
