package letter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"postkontor/shared/awsjson"
	"postkontor/shared/message"
)

// Bucket puts letters where the operator's printer finds them: an S3 bucket, each as ID.pdf with the id of its message,
// so that one that is sent twice is printed once. Its role needs s3:PutObject in the bucket.
type Bucket struct {
	name   string
	client awsjson.Client
	path   bool // the bucket's name stands in the path, as stand-ins for S3 want it
}

// NewBucket makes it of the bucket's name and a client (endpoint, region and credentials where they are not Lambda's own).
func NewBucket(name string, client awsjson.Client) *Bucket {
	b := &Bucket{name: name, path: client.Endpoint != ""}
	client.Service = "s3"
	b.client = client.Defaults()
	return b
}

// Send prints a letter and puts it into the bucket. The id of the account is not needed there: the sheet names its addressee.
func (b *Bucket) Send(ctx context.Context, _ string, r message.Rendered) error {
	pdf, err := PDF(*r.Sheet)
	if err != nil {
		return &message.Refusal{Reason: message.Unreadable, Err: err}
	}
	request, err := b.request(ctx, r.ID+".pdf", pdf)
	if err != nil {
		return fmt.Errorf("putting letter %s: %w", r.ID, err)
	}
	response, err := b.client.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("putting letter %s: %w", r.ID, err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)); err != nil {
		return fmt.Errorf("putting letter %s: %w", r.ID, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("putting letter %s: S3 answered %d", r.ID, response.StatusCode)
	}
	return nil
}

func (b *Bucket) request(ctx context.Context, key string, body []byte) (*http.Request, error) {
	at, err := url.Parse(b.client.Endpoint)
	if err != nil {
		return nil, err
	}
	at.Path = "/" + key
	if b.path {
		at.Path = "/" + b.name + at.Path
	} else {
		at.Host = b.name + "." + at.Host
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("Content-Type", "application/pdf")
	request.Header.Set("X-Amz-Content-Sha256", hash)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	return request, signer.SignHTTP(ctx, b.client.Credentials, request, hash, b.client.Service, b.client.Region, time.Now())
}
