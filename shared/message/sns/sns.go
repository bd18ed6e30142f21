// Package sns sends text messages through Amazon SNS. Its role needs sns:Publish on telephone numbers (no topic) and
// sns:CheckIfPhoneNumberIsOptedOut.
package sns

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"postkontor/shared/awsjson"
	"postkontor/shared/message"
)

// Options says how text messages go out.
type Options struct {
	Endpoint    string                  // "": the region's own
	Region      string                  // default: what Lambda puts into the environment
	Credentials aws.CredentialsProvider // likewise
	HTTPClient  *http.Client            // its Timeout bounds one try; default: one of 5 s

	From     string // a registered number or short code, or a name where the country knows that; "": SNS chooses
	MaxPrice string // US dollars for one message, "0.05"; "": no bound
}

// Sender sends text messages. It is safe for concurrent use.
type Sender struct {
	client     *sns.Client
	attributes map[string]types.MessageAttributeValue
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
	settings := sns.Options{Region: lambda.Region, Credentials: o.Credentials, HTTPClient: o.HTTPClient, Retryer: retryer()}
	if o.Endpoint != "" {
		settings.BaseEndpoint = &o.Endpoint
	}
	s := &Sender{client: sns.New(settings), attributes: map[string]types.MessageAttributeValue{}}
	s.attribute("AWS.SNS.SMS.SMSType", "String", "Transactional")
	if strings.Trim(o.From, "+0123456789") == "" {
		s.attribute("AWS.MM.SMS.OriginationNumber", "String", o.From)
	} else {
		s.attribute("AWS.SNS.SMS.SenderID", "String", o.From)
	}
	s.attribute("AWS.SNS.SMS.MaxPrice", "Number", o.MaxPrice)
	return s
}

func (s *Sender) attribute(name, kind, value string) {
	if value != "" {
		s.attributes[name] = types.MessageAttributeValue{DataType: &kind, StringValue: &value}
	}
}

// retryer tries again only what the service itself refused: after a time-out the message may be on its way.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{
			retry.RetryableHTTPStatusCode{Codes: retry.DefaultRetryableHTTPStatusCodes},
			retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
			retry.RetryableErrorCode{Codes: map[string]struct{}{"Throttled": {}}}, // SNS's own word
		}
	})
}

// Send sends one text message to an E.164 number. A number that has opted out, or that SNS calls no telephone number,
// is a *message.Refusal; every other error may pass. Errors never hold the number.
//
// SNS accepts messages to numbers that have opted out and drops them in silence, so it is asked first.
func (s *Sender) Send(ctx context.Context, to string, r message.Rendered) error {
	check, err := s.client.CheckIfPhoneNumberIsOptedOut(ctx, &sns.CheckIfPhoneNumberIsOptedOutInput{PhoneNumber: &to})
	if err != nil {
		return refused("asking for an opt-out", err)
	}
	if check.IsOptedOut {
		return &message.Refusal{Reason: message.OptedOut}
	}
	_, err = s.client.Publish(ctx, &sns.PublishInput{PhoneNumber: &to, Message: &r.Text, MessageAttributes: s.attributes})
	if err != nil {
		return refused("publishing", err)
	}
	return nil
}

// refused tells a refusal for good from one that may pass. The service's own words hold the number, so of them only the
// code is kept.
func refused(doing string, err error) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return fmt.Errorf("%s by SNS: %w", doing, err)
	}
	var response *awshttp.ResponseError
	id := ""
	if errors.As(err, &response) {
		id = response.ServiceRequestID()
	}
	said := fmt.Errorf("%s: SNS answered %s, request %s", doing, answer.ErrorCode(), id)
	switch code := answer.ErrorCode(); {
	case code == "OptedOut":
		return &message.Refusal{Reason: message.OptedOut, Err: said}
	case code == "InvalidParameter" && strings.Contains(strings.ToLower(answer.ErrorMessage()), "phonenumber"):
		return &message.Refusal{Reason: message.AddressRefused, Err: said}
	}
	return said
}
