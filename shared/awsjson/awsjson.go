// Package awsjson makes single signed calls to AWS services that speak its JSON protocol, for where a service client
// would cost every cold start milliseconds and megabytes for the sake of one request.
package awsjson

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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Client calls one service of one region. The zero values of the later fields are filled by Defaults.
type Client struct {
	Service     string // as the signature names it: "ssm"
	ContentType string // "application/x-amz-json-1.1" or "…-1.0"
	Endpoint    string // default: the region's own

	Region      string          // default: what Lambda puts into the environment
	Credentials aws.Credentials // default: what Lambda puts into the environment
	HTTP        *http.Client    // default: one that gives up after 2 s
}

// Error is a refusal by the service.
type Error struct {
	Status int    `json:"-"`
	Type   string `json:"__type"` // "AccessDeniedException"
}

func (e *Error) Error() string { return fmt.Sprintf("the service answered %d %s", e.Status, e.Type) }

// Defaults fills what is not set.
func (c Client) Defaults() Client {
	if c.Region == "" {
		c.Region = os.Getenv("AWS_REGION")
	}
	if c.Endpoint == "" {
		c.Endpoint = "https://" + c.Service + "." + c.Region + ".amazonaws.com"
	}
	if !c.Credentials.HasKeys() {
		c.Credentials = aws.Credentials{
			AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		}
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 2 * time.Second}
	}
	return c
}

// Call sends in to a target ("AmazonSSM.GetParameters") and decodes the answer into out. A refusal is an *Error.
func (c Client) Call(ctx context.Context, target string, in, out any) error {
	request, err := c.request(ctx, target, in)
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	defer response.Body.Close()
	body := json.NewDecoder(io.LimitReader(response.Body, 1<<20))
	if response.StatusCode != http.StatusOK {
		refusal := &Error{Status: response.StatusCode}
		_ = body.Decode(refusal) // the status says enough when there is no body
		return fmt.Errorf("%s: %w", target, refusal)
	}
	if err := body.Decode(out); err != nil {
		return fmt.Errorf("%s: answer: %w", target, err)
	}
	return nil
}

func (c Client) request(ctx context.Context, target string, in any) (*http.Request, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", c.ContentType)
	request.Header.Set("X-Amz-Target", target)
	hash := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(ctx, c.Credentials, request, hex.EncodeToString(hash[:]), c.Service, c.Region, time.Now())
	return request, err
}
