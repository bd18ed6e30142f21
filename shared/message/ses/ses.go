// Package ses sends e-mails through Amazon SES (API v2). Its role needs ses:SendEmail on the sending identity and the
// configuration set.
package ses

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"postkontor/shared/awsjson"
	"postkontor/shared/message"
)

// Options says how e-mails go out.
type Options struct {
	Endpoint    string                  // "": the region's own
	Region      string                  // default: what Lambda puts into the environment
	Credentials aws.CredentialsProvider // likewise
	HTTPClient  *http.Client            // its Timeout bounds one try; default: one of 5 s

	From             mail.Address // of an identity that SES has verified
	ConfigurationSet string       // "": none; it is where bounces and complaints are counted
}

// Sender sends e-mails. It is safe for concurrent use.
type Sender struct {
	client  *sesv2.Client
	options Options
}

// New makes a sender; it calls nothing yet.
func New(o Options) *Sender {
	if o.HTTPClient == nil {
		o.HTTPClient = &http.Client{Timeout: 5 * time.Second}
	}
	lambda := awsjson.Client{Region: o.Region}.Defaults()
	if o.Credentials == nil {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return lambda.Credentials, nil })
	}
	settings := sesv2.Options{Region: lambda.Region, Credentials: o.Credentials, HTTPClient: o.HTTPClient, Retryer: retryer()}
	if o.Endpoint != "" {
		settings.BaseEndpoint = &o.Endpoint
	}
	return &Sender{client: sesv2.New(settings), options: o}
}

// retryer tries again only what the service itself refused: after a time-out the e-mail may be on its way.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{
			retry.RetryableHTTPStatusCode{Codes: retry.DefaultRetryableHTTPStatusCodes},
			retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
		}
	})
}

// Send sends one e-mail as HTML and text. An address that is none, or that SES will never send to, is a
// *message.Refusal; every other error may pass, also those that the operator has to mend (an identity that is not
// verified, sending paused). Errors never hold the address.
func (s *Sender) Send(ctx context.Context, to string, r message.Rendered) error {
	if !bare(to) {
		return &message.Refusal{Reason: message.AddressRefused}
	}
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(s.options.From.String()),
		Destination:      &types.Destination{ToAddresses: []string{to}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: content(r.Subject),
			Body:    &types.Body{Html: content(r.HTML), Text: content(r.Text)},
			Headers: headers(r),
		}},
	}
	if bare(r.ReplyTo) {
		in.ReplyToAddresses = []string{r.ReplyTo}
	}
	if s.options.ConfigurationSet != "" {
		in.ConfigurationSetName = &s.options.ConfigurationSet
	}
	if _, err := s.client.SendEmail(ctx, in); err != nil {
		return refused(err)
	}
	return nil
}

// bare reports whether a text is one address and nothing else: SES reads a list of addresses out of one string.
func bare(address string) bool {
	a, err := mail.ParseAddress(address)
	return err == nil && a.Address == address
}

func content(text string) *types.Content {
	return &types.Content{Data: &text, Charset: aws.String("UTF-8")}
}

// headers says, where no person wrote this, that no machine is to answer it (RFC 3834 §5); what a person wrote would be laid
// aside by the service's own machines if it said so.
func headers(r message.Rendered) (all []types.MessageHeader) {
	if r.ReplyTo == "" {
		all = append(all, types.MessageHeader{Name: aws.String("Auto-Submitted"), Value: aws.String("auto-generated")})
	}
	for _, h := range r.Headers {
		all = append(all, types.MessageHeader{Name: &h.Name, Value: &h.Value})
	}
	return all
}

// refused tells a refusal for good from one that may pass. The service's own words hold the address, so of them only the
// code is kept.
func refused(err error) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return fmt.Errorf("sending by SES: %w", err)
	}
	var response *awshttp.ResponseError
	id := ""
	if errors.As(err, &response) {
		id = response.ServiceRequestID()
	}
	said := fmt.Errorf("SES answered %s, request %s", answer.ErrorCode(), id)
	var bad *types.BadRequestException
	var rejected *types.MessageRejected
	unverified := strings.Contains(strings.ToLower(answer.ErrorMessage()), "not verified")
	if (errors.As(err, &bad) || errors.As(err, &rejected)) && !unverified {
		return &message.Refusal{Reason: message.AddressRefused, Err: said}
	}
	return said
}
