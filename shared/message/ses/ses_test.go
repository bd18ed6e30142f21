package ses_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/google/go-cmp/cmp"

	"postkontor/infra/servers"
	"postkontor/shared/message"
	"postkontor/shared/message/ses"
)

const address = "ana@example.com"

var letter = message.Rendered{
	Subject: "您的验证码", Text: "042197\n", HTML: "<p>042197 ñ</p>",
	Headers: []message.Header{{Name: "List-Unsubscribe", Value: "<https://account.example.com/unsubscribe?t=a.b.c>"}, {Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click"}},
}

var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"}, nil
})

func options(endpoint string) ses.Options {
	return ses.Options{Region: "us-east-1", Endpoint: endpoint, Credentials: credentials,
		HTTPClient: &http.Client{Timeout: time.Second},
		From:       mail.Address{Name: "Correos Ñandú", Address: "no-reply@account.example.com"}}
}

func TestMailsArriveFromAVerifiedIdentity(t *testing.T) {
	t.Parallel()
	endpoint := servers.Moto(t)
	if _, err := http.Post(endpoint+"/moto-api/reset", "", nil); err != nil {
		t.Fatal(err)
	}
	o := options(endpoint)
	o.HTTPClient.Timeout = 10 * time.Second
	sender := ses.New(o)
	var refusal *message.Refusal
	if err := sender.Send(t.Context(), address, letter); err == nil || errors.As(err, &refusal) {
		t.Errorf("an identity that the operator has yet to verify: %v", err)
	}
	operator := sesv2.New(sesv2.Options{Region: o.Region, BaseEndpoint: &endpoint, Credentials: credentials})
	identity := &sesv2.CreateEmailIdentityInput{EmailIdentity: aws.String("account.example.com")}
	if _, err := operator.CreateEmailIdentity(t.Context(), identity); err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), address, letter); err != nil {
		t.Fatal(err)
	}
	var data struct {
		SES struct {
			Message []struct {
				Source, Subject, Body string
				Destinations          struct{ ToAddresses []string }
			}
		} `json:"ses"`
	}
	response, err := http.Get(endpoint + "/moto-api/data.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&data); err != nil {
		t.Fatal(err)
	}
	sent := data.SES.Message
	if len(sent) != 1 || sent[0].Subject != letter.Subject || sent[0].Body != letter.HTML || sent[0].Destinations.ToAddresses[0] != address {
		t.Fatalf("sent %v", sent)
	}
	if from, err := mail.ParseAddress(sent[0].Source); err != nil || *from != o.From {
		t.Errorf("from %s, %v", sent[0].Source, err)
	}
}

func service(t *testing.T, answer http.HandlerFunc) (string, *atomic.Int64) {
	calls := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func TestMailSaysThatNoPersonWroteIt(t *testing.T) {
	t.Parallel()
	var got map[string]any
	endpoint, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, `{"MessageId":"1"}`)
	})
	o := options(endpoint)
	o.ConfigurationSet = "postkontor"
	if err := ses.New(o).Send(t.Context(), address, letter); err != nil {
		t.Fatal(err)
	}
	text := func(data string) map[string]any { return map[string]any{"Data": data, "Charset": "UTF-8"} }
	want := map[string]any{
		"FromEmailAddress": o.From.String(), "ConfigurationSetName": "postkontor",
		"Destination": map[string]any{"ToAddresses": []any{address}},
		"Content": map[string]any{"Simple": map[string]any{
			"Subject": text(letter.Subject), "Body": map[string]any{"Html": text(letter.HTML), "Text": text(letter.Text)},
			"Headers": []any{
				map[string]any{"Name": "Auto-Submitted", "Value": "auto-generated"},
				map[string]any{"Name": "List-Unsubscribe", "Value": "<https://account.example.com/unsubscribe?t=a.b.c>"},
				map[string]any{"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
			},
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// What a person wrote is answered to that person, who is one address and nothing else, and is not laid aside as a machine's.
func TestMailOfAPersonIsAnsweredToThatPerson(t *testing.T) {
	t.Parallel()
	for to, want := range map[string][]string{"asa@example.org": {"asa@example.org"}, "asa@example.org, b@example.org": nil, "asa@example.org\r\nBcc: b@example.org": nil} {
		var got struct {
			ReplyToAddresses []string
			Content          struct{ Simple struct{ Headers []any } }
		}
		endpoint, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
				t.Error(err)
			}
			fmt.Fprint(w, `{"MessageId":"1"}`)
		})
		if err := ses.New(options(endpoint)).Send(t.Context(), address, message.Rendered{Subject: "Ticket", Text: "Help", ReplyTo: to}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got.ReplyToAddresses); d != "" || len(got.Content.Simple.Headers) > 0 {
			t.Errorf("%q: %s, headers %v", to, d, got.Content.Simple.Headers)
		}
	}
}

func TestRefusalsForGoodAreToldFromOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status        int
		code, message string
		want          message.Reason // "": it may pass
		tries         int64
	}{
		{400, "BadRequestException", "Local address contains control or whitespace: " + address, message.AddressRefused, 1},
		{400, "MessageRejected", "Address " + address + " is on the suppression list", message.AddressRefused, 1},
		{400, "MessageRejected", "Email address is not verified. " + address, "", 1},
		{400, "AccountSuspendedException", "", "", 1},
		{400, "SendingPausedException", "", "", 1},
		{404, "NotFoundException", "Configuration set <x> does not exist.", "", 1},
		{403, "AccessDeniedException", "not authorized to send to " + address, "", 1},
		{429, "TooManyRequestsException", "", "", 3},
		{400, "LimitExceededException", "", "", 3},
		{500, "InternalServiceErrorException", "for " + address, "", 3},
	} {
		t.Run(c.code+c.message, func(t *testing.T) {
			t.Parallel()
			endpoint, calls := service(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Amzn-ErrorType", c.code)
				w.WriteHeader(c.status)
				fmt.Fprintf(w, `{"message":%q}`, c.message)
			})
			err := ses.New(options(endpoint)).Send(t.Context(), address, letter)
			var refusal *message.Refusal
			errors.As(err, &refusal)
			if err == nil || (refusal != nil) != (c.want != "") || refusal != nil && refusal.Reason != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
			if strings.Contains(fmt.Sprint(err), address) || calls.Load() != c.tries {
				t.Errorf("%d tries, want %d: %v", calls.Load(), c.tries, err)
			}
		})
	}
}

// What timed out may be on its way, so it is not tried twice.
func TestTimeoutsAreNotRepeated(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	endpoint, calls := service(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	o := options(endpoint)
	o.HTTPClient.Timeout = 200 * time.Millisecond
	var refusal *message.Refusal
	if err := ses.New(o).Send(t.Context(), address, letter); err == nil || errors.As(err, &refusal) || calls.Load() != 1 {
		t.Errorf("%d tries: %v", calls.Load(), err)
	}
}

// One string is one address: it can neither name a second one nor end a header.
func TestNoAddressBecomesTwo(t *testing.T) {
	t.Parallel()
	endpoint, calls := service(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) })
	for _, to := range []string{
		"", "ana", "a@example.com, b@example.com", "a@example.com;b@example.com", "a@example.com\r\nBcc: b@example.com",
		"Ana <a@example.com>", "<a@example.com>", " a@example.com",
	} {
		var refusal *message.Refusal
		if err := ses.New(options(endpoint)).Send(t.Context(), to, letter); !errors.As(err, &refusal) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if calls.Load() != 0 {
		t.Errorf("%d calls", calls.Load())
	}
}
