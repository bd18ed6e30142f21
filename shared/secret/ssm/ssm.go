// Package ssm reads the keys of package secret from the Systems Manager Parameter Store: one signed HTTPS call, without
// a service client, because that would cost every cold start 2 ms for one request.
package ssm

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"postkontor/shared/awsjson"
	"postkontor/shared/secret"
)

// Config says which parameters to read, and where.
type Config struct {
	Prefix string         // the path before the names: "/postkontor/prod"
	Names  []secret.Name  // at most 10; the role needs ssm:GetParameters on exactly these
	Client awsjson.Client // endpoint, region and credentials where they are not Lambda's own
}

// Source answers the parameters that one call fetched. It is safe for concurrent use.
type Source struct {
	config Config

	mu      sync.Mutex
	attempt *attempt
}

// attempt is one call under way or done; done is closed after values and err are set.
type attempt struct {
	done   chan struct{}
	values map[secret.Name]string
	err    error
}

// Start begins to fetch the parameters and returns at once; the first use waits for them.
func Start(c Config) *Source {
	c.Client.Service, c.Client.ContentType = "ssm", "application/x-amz-json-1.1"
	c.Client = c.Client.Defaults()
	s := &Source{config: c}
	s.attempt = s.begin()
	return s
}

// Parameter waits for the call under way. When that failed, it makes one more, so that one bad start is not kept.
func (s *Source) Parameter(ctx context.Context, name secret.Name) (string, error) {
	values, err := s.wait(ctx, s.current(nil))
	if err != nil {
		return "", err
	}
	value, ok := values[name]
	if !ok {
		return "", fmt.Errorf("parameter %s/%s is not there", s.config.Prefix, name)
	}
	return value, nil
}

func (s *Source) wait(ctx context.Context, a *attempt) (map[secret.Name]string, error) {
	for tries := 0; ; tries++ {
		select {
		case <-a.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if a.err == nil || tries == 1 {
			return a.values, a.err
		}
		a = s.current(a)
	}
}

// current answers the newest attempt; when that is still the failed one, a fresh one.
func (s *Source) current(failed *attempt) *attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed != nil && s.attempt == failed {
		s.attempt = s.begin()
	}
	return s.attempt
}

func (s *Source) begin() *attempt {
	a := &attempt{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.values, a.err = s.fetch(context.Background())
	}()
	return a
}

// fetch makes the one call.
func (s *Source) fetch(ctx context.Context) (map[secret.Name]string, error) {
	names := make([]string, len(s.config.Names))
	for i, name := range s.config.Names {
		names[i] = s.config.Prefix + "/" + string(name)
	}
	var answer struct {
		Parameters []struct{ Name, Value string }
	}
	err := s.config.Client.Call(ctx, "AmazonSSM.GetParameters", map[string]any{"Names": names, "WithDecryption": true}, &answer)
	if err != nil {
		return nil, err
	}
	values := map[secret.Name]string{}
	for _, p := range answer.Parameters {
		values[secret.Name(strings.TrimPrefix(p.Name, s.config.Prefix+"/"))] = p.Value
	}
	return values, nil
}
