// Package ssm reads the keys of package secret from the Systems Manager Parameter Store: one signed HTTPS call, without
// a service client, because that would cost every cold start 2 ms for one request.
package ssm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"postkontor/shared/secret"
)

// Config says which parameters to read, and where.
type Config struct {
	Prefix   string        // the path before the names: "/postkontor/prod"
	Names    []secret.Name // at most 10; the role needs ssm:GetParameters on exactly these
	Endpoint string        // default: the region's own

	Region      string          // default: what Lambda puts into the environment
	Credentials aws.Credentials // default: what Lambda puts into the environment
	Client      *http.Client    // default: one that gives up after 2 s
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
	if c.Region == "" {
		c.Region = os.Getenv("AWS_REGION")
	}
	if c.Endpoint == "" {
		c.Endpoint = "https://ssm." + c.Region + ".amazonaws.com"
	}
	if !c.Credentials.HasKeys() {
		c.Credentials = aws.Credentials{
			AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		}
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 2 * time.Second}
	}
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

// fetch makes the one call: GetParameters in the service's JSON 1.1 protocol.
func (s *Source) fetch(ctx context.Context) (map[secret.Name]string, error) {
	request, err := s.request(ctx)
	if err != nil {
		return nil, err
	}
	response, err := s.config.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Parameters []struct{ Name, Value string }
		Type       string `json:"__type"`
	}
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer)
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ssm answered %d %s", response.StatusCode, answer.Type)
	}
	values := map[secret.Name]string{}
	for _, p := range answer.Parameters {
		values[secret.Name(strings.TrimPrefix(p.Name, s.config.Prefix+"/"))] = p.Value
	}
	return values, err
}

func (s *Source) request(ctx context.Context) (*http.Request, error) {
	names := make([]string, len(s.config.Names))
	for i, name := range s.config.Names {
		names[i] = s.config.Prefix + "/" + string(name)
	}
	body, err := json.Marshal(map[string]any{"Names": names, "WithDecryption": true})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.Endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonSSM.GetParameters")
	hash := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(ctx, s.config.Credentials, request, hex.EncodeToString(hash[:]), "ssm", s.config.Region, time.Now())
	return request, err
}
