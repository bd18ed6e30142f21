package letter_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/infra/servers"
	"postkontor/shared/awsjson"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/message/letter"
)

var words = message.Words{Operator: "US Postal Service", Origin: "https://account.example.com"}

// each calls f with every letter there is, in every language.
func each(t *testing.T, f func(t *testing.T, r message.Rendered)) {
	for _, name := range message.Templates(message.Letter) {
		for _, language := range locale.Languages() {
			at := time.Date(2026, 9, 24, 9, 5, 0, 0, time.UTC)
			m := message.Message{Channel: message.Letter, Template: name, Language: language.Code, At: at, Expires: at.AddDate(0, 0, 21),
				Values: map[string]string{"day": locale.Day(language.Code, at)}}
			code := ""
			if !name.Notice() {
				code = "01ABC1DEFG"
			}
			r, err := words.Render(m, code, "Ana")
			if err != nil {
				t.Fatal(err)
			}
			r.ID, r.Sheet.To = "01LETTER", []string{"Ana Ñandú-Łącka", "400 BROAD ST APT 4B", "SEATTLE WA 98109"}
			t.Run(string(name)+" "+string(language.Code), func(t *testing.T) { f(t, r) })
		}
	}
}

func TestLettersArePrintedWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r message.Rendered) {
		for _, r := range r.Text + strings.Join(r.Sheet.To, "") + r.Sheet.Day {
			if r != '\n' && !letter.Printable(string(r)) {
				t.Errorf("the font has no %q: make letter-font", r)
			}
		}
		pdf, err := letter.PDF(*r.Sheet)
		if err != nil {
			t.Fatal(err)
		}
		again, err := letter.PDF(*r.Sheet)
		if err != nil || !bytes.Equal(pdf, again) {
			t.Errorf("the same letter is printed to other bytes: %v", err)
		}
		if pages := bytes.Count(pdf, []byte("/Type /Page\n")); pages != 1 || len(pdf) > 100<<10 {
			t.Errorf("%d pages, %d bytes", pages, len(pdf))
		}
	})
}

func TestWhatCannotBePrinted(t *testing.T) {
	t.Parallel()
	if letter.Printable("Ωmega") || letter.Printable("📮") || !letter.Printable("Ångström, Żółć 账户") {
		t.Error("the font is not what it says")
	}
	long := message.Sheet{To: []string{"📮"}, Greeting: "Hello 📮,", Body: []string{strings.Repeat("long ", 1000)}, Button: "b", Link: "l"}
	if _, err := letter.PDF(long); err != nil {
		t.Error(err)
	}
}

func TestLettersLieInTheBucket(t *testing.T) {
	t.Parallel()
	endpoint := servers.Moto(t)
	client := awsjson.Client{Endpoint: endpoint, Region: "us-east-1", Credentials: aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"},
		HTTP: &http.Client{Timeout: 10 * time.Second}}
	bucket := letter.NewBucket("letters", client)
	each(t, func(t *testing.T, r message.Rendered) {
		if r.Language != locale.Chinese {
			return
		}
		if err := letter.NewBucket("nowhere", client).Send(t.Context(), "A", r); err == nil || strings.Contains(err.Error(), "BROAD") {
			t.Errorf("a bucket that is not there: %v", err)
		}
		if code := call(t, http.MethodPut, endpoint+"/letters", nil); code != http.StatusOK {
			t.Fatalf("making the bucket: %d", code)
		}
		if err := bucket.Send(t.Context(), "A", r); err != nil {
			t.Fatal(err)
		}
		var stored bytes.Buffer
		want, _ := letter.PDF(*r.Sheet)
		if code := call(t, http.MethodGet, endpoint+"/letters/01LETTER.pdf", &stored); code != http.StatusOK || !bytes.Equal(stored.Bytes(), want) {
			t.Errorf("%d, %d bytes of %d", code, stored.Len(), len(want))
		}
	})
}

// call sends a request as the operator would.
func call(t *testing.T, method, at string, into io.Writer) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if into != nil {
		_, err = io.Copy(into, response.Body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}
