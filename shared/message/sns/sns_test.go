package sns_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"postkontor/infra/servers"
	"postkontor/shared/message"
	"postkontor/shared/message/sns"
)

const number = "+12065550142"

var text = message.Rendered{Text: "Post code:\n042197\n@account.example.com #042197"}

func options(endpoint string) sns.Options {
	keys := func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"}, nil
	}
	return sns.Options{Region: "us-east-1", Endpoint: endpoint, Credentials: aws.CredentialsProviderFunc(keys),
		HTTPClient: &http.Client{Timeout: time.Second}}
}

func TestTextsArriveUnlessOptedOut(t *testing.T) {
	t.Parallel()
	endpoint := servers.Moto(t)
	if _, err := http.Post(endpoint+"/moto-api/reset", "", nil); err != nil {
		t.Fatal(err)
	}
	o := options(endpoint)
	o.HTTPClient.Timeout = 10 * time.Second
	sender := sns.New(o)
	if err := sender.Send(t.Context(), number, text); err != nil {
		t.Fatal(err)
	}
	var refusal *message.Refusal
	if err := sender.Send(t.Context(), "+12065550199", text); !errors.As(err, &refusal) || refusal.Reason != message.OptedOut {
		t.Errorf("a number that has opted out: %v", err) // for moto, those are the ones that end in 99
	}
	var data struct {
		SNS struct {
			SMS []struct {
				Number  string `json:"phone_number"`
				Message string `json:"message"`
			}
		} `json:"sns"`
	}
	response, err := http.Get(endpoint + "/moto-api/data.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&data); err != nil {
		t.Fatal(err)
	}
	if sent := data.SNS.SMS; len(sent) != 1 || sent[0].Number != number || sent[0].Message != text.Text {
		t.Errorf("sent %v", sent)
	}
}

// service answers the opt-out question with "no", and everything else with answer; requests are counted.
func service(t *testing.T, answer func(w http.ResponseWriter, form url.Values)) (string, *atomic.Int64) {
	published := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		if r.Form.Get("Action") == "CheckIfPhoneNumberIsOptedOut" {
			fmt.Fprint(w, `<R><CheckIfPhoneNumberIsOptedOutResult><isOptedOut>false</isOptedOut></CheckIfPhoneNumberIsOptedOutResult></R>`)
			return
		}
		published.Add(1)
		answer(w, r.Form)
	}))
	t.Cleanup(server.Close)
	return server.URL, published
}

func TestAttributesOfATransactionalText(t *testing.T) {
	t.Parallel()
	for from, attribute := range map[string]string{
		"+18885550100": "AWS.MM.SMS.OriginationNumber", "28777": "AWS.MM.SMS.OriginationNumber", "Posten": "AWS.SNS.SMS.SenderID",
	} {
		got := map[string]string{}
		endpoint, _ := service(t, func(w http.ResponseWriter, form url.Values) {
			for i := 1; form.Has(fmt.Sprintf("MessageAttributes.entry.%d.Name", i)); i++ {
				entry := fmt.Sprintf("MessageAttributes.entry.%d.", i)
				got[form.Get(entry+"Name")] = form.Get(entry+"Value.DataType") + " " + form.Get(entry+"Value.StringValue")
			}
			fmt.Fprint(w, `<R><PublishResult><MessageId>1</MessageId></PublishResult></R>`)
		})
		o := options(endpoint)
		o.From, o.MaxPrice = from, "0.05"
		if err := sns.New(o).Send(t.Context(), number, text); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"AWS.SNS.SMS.SMSType": "String Transactional", attribute: "String " + from, "AWS.SNS.SMS.MaxPrice": "Number 0.05"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
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
		{400, "OptedOut", "The number " + number + " opted out", message.OptedOut, 1},
		{400, "InvalidParameter", "Invalid parameter: PhoneNumber Reason: " + number + " is not valid to publish to", message.AddressRefused, 1},
		{400, "InvalidParameter", "Invalid parameter: OriginationNumber", "", 1},
		{403, "AuthorizationError", "not authorized to publish to " + number, "", 1},
		{400, "Throttling", "Rate exceeded", "", 3},
		{429, "Throttled", "Rate exceeded", "", 3},
		{500, "InternalError", "for " + number, "", 3},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			endpoint, published := service(t, func(w http.ResponseWriter, _ url.Values) {
				w.WriteHeader(c.status)
				fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, c.code, c.message)
			})
			err := sns.New(options(endpoint)).Send(t.Context(), number, text)
			var refusal *message.Refusal
			errors.As(err, &refusal)
			if err == nil || (refusal != nil) != (c.want != "") || refusal != nil && refusal.Reason != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
			if strings.Contains(fmt.Sprint(err), number) || published.Load() != c.tries {
				t.Errorf("%d tries, want %d: %v", published.Load(), c.tries, err)
			}
		})
	}
}

// What timed out may be on its way, so it is not tried twice.
func TestTimeoutsAreNotRepeated(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	endpoint, published := service(t, func(http.ResponseWriter, url.Values) { <-release })
	t.Cleanup(func() { close(release) })
	o := options(endpoint)
	o.HTTPClient.Timeout = 200 * time.Millisecond
	var refusal *message.Refusal
	if err := sns.New(o).Send(t.Context(), number, text); err == nil || errors.As(err, &refusal) || published.Load() != 1 {
		t.Errorf("%d tries: %v", published.Load(), err)
	}
}
