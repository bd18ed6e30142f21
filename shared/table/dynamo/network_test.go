package dynamo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"postkontor/shared/table"
	"postkontor/shared/table/conform"
	"postkontor/shared/table/dynamo"
)

// network stands between a client and DynamoDB Local. Each call meets the next fault of its plan; after the last one
// the network works.
type network struct {
	mu   sync.Mutex
	plan []fault
	sent int // calls that the client made
}

// fault is what happens to one call; forward sends it on.
type fault func(call *http.Request, forward func() (*http.Response, error)) (*http.Response, error)

func (n *network) RoundTrip(call *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.sent++
	happens := healthy
	if len(n.plan) > 0 {
		happens, n.plan = n.plan[0], n.plan[1:]
	}
	n.mu.Unlock()
	return happens(call, func() (*http.Response, error) { return http.DefaultTransport.RoundTrip(call) })
}

// meet sets the faults that the next calls meet, and answers how many calls were made before.
func (n *network) meet(faults ...fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.plan, n.sent = faults, 0
}

func (n *network) calls() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sent
}

// times is the same fault n times.
func times(n int, f fault) []fault {
	var all []fault
	for range n {
		all = append(all, f)
	}
	return all
}

func healthy(_ *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
	return forward()
}

func unreachable(*http.Request, func() (*http.Response, error)) (*http.Response, error) {
	return nil, errors.New("connection refused")
}

// hanging is a call that is never answered.
func hanging(call *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
	<-call.Context().Done()
	return nil, call.Context().Err()
}

// lost is a call that is applied, but its answer does not arrive.
func lost(_ *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
	response, err := forward()
	if err != nil {
		return nil, err
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
	return nil, errors.New("connection reset")
}

// cut is a call that is applied, but only the beginning of its answer arrives.
func cut(_ *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
	response, err := forward()
	if err != nil {
		return nil, err
	}
	response.Body.Close()
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"Attr`), broken{}))
	return response, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// after does something once the fault has happened, before the client knows.
func after(before fault, do func()) fault {
	return func(call *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
		defer do()
		return before(call, forward)
	}
}

// answers is a refusal by the service; reasons are those of a cancelled transaction, operation by operation.
func answers(status int, code string, reasons ...string) fault {
	return func(call *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		body := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + code, "message": "injected"}
		if reasons != nil {
			var list []map[string]string
			for _, reason := range reasons {
				list = append(list, map[string]string{"Code": reason})
			}
			body["CancellationReasons"] = list
		}
		text, _ := json.Marshal(body)
		return &http.Response{StatusCode: status, Request: call, Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text)),
			Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}}, nil
	}
}

var throttled = answers(400, "ProvisionedThroughputExceededException")

// partial is a batch of which only so many keys are processed.
func partial(processed int) fault {
	return func(call *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
		var asked struct {
			RequestItems map[string]struct{ Keys []json.RawMessage }
		}
		if err := json.NewDecoder(call.Body).Decode(&asked); err != nil {
			return nil, err
		}
		left := map[string]any{}
		for name, table := range asked.RequestItems {
			left[name] = map[string]any{"Keys": table.Keys[processed:]}
			table.Keys = table.Keys[:processed]
			asked.RequestItems[name] = table
		}
		answer := map[string]any{"Responses": map[string]any{}, "UnprocessedKeys": left}
		if processed > 0 {
			text, _ := json.Marshal(asked)
			call.Body, call.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
			response, err := forward()
			if err != nil {
				return nil, err
			}
			defer response.Body.Close()
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
				return nil, err
			}
			answer["UnprocessedKeys"] = left
		}
		text, _ := json.Marshal(answer)
		return &http.Response{StatusCode: 200, Request: call, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
			Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text))}, nil
	}
}

// faulty is a database behind a network, and one beside it.
type faulty struct {
	*network
	db     table.Database
	beside table.Database // the same tables by a network that works
	clock  *conform.Clock
}

func behind(t *testing.T) *faulty {
	clock := conform.NewClock()
	o := options(t, clock)
	f := &faulty{network: &network{}, clock: clock, beside: open(t, o)}
	o.HTTPClient = &http.Client{Transport: f.network}
	f.db = dynamo.New(o)
	return f
}

func (f *faulty) things() table.Table { return f.db.Table("things") }

func thing(sk, data string) table.Item {
	return table.Item{Key: table.Key{PK: "a", SK: sk}, Data: json.RawMessage(data)}
}

// stored answers version and data of what is under the key, "" when nothing is.
func (f *faulty) stored(t *testing.T, sk string) string {
	t.Helper()
	item, there, err := f.beside.Table("things").Get(t.Context(), thing(sk, "").Key, true)
	if err != nil {
		t.Fatal(err)
	}
	if !there {
		return ""
	}
	return fmt.Sprintf("%d %s", item.Version, item.Data)
}
