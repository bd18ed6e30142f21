package ssm_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/shared/awsjson"
	"postkontor/shared/secret"
	"postkontor/shared/secret/ssm"
)

// store answers GetParameters as the service does; the first fails requests get a 500.
func store(t *testing.T, fails int64) (*httptest.Server, *atomic.Int64) {
	calls := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIA/")
		if !signed || r.Header.Get("X-Amz-Target") != "AmazonSSM.GetParameters" {
			t.Errorf("request %v", r.Header)
		}
		if calls.Add(1) <= fails {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var body struct {
			Names          []string
			WithDecryption bool
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || !body.WithDecryption {
			t.Errorf("body %v: %v", body, err)
		}
		var parameters []map[string]string
		for _, name := range body.Names {
			parameters = append(parameters, map[string]string{"Name": name, "Value": "value of " + name})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"Parameters": parameters})
	}))
	t.Cleanup(server.Close)
	return server, calls
}

func TestOneCallServesAllNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fails, calls int64
		ok           bool
	}{{0, 1, true}, {1, 2, true}, {2, 2, false}} {
		server, calls := store(t, c.fails)
		source := ssm.Start(ssm.Config{
			Prefix: "/postkontor/test", Names: []secret.Name{secret.Pepper, secret.Token},
			Client: awsjson.Client{
				Endpoint: server.URL, Region: "us-east-1",
				Credentials: aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"},
			},
		})
		got, err := source.Parameter(t.Context(), secret.Pepper)
		if (err == nil) != c.ok || c.ok && got != "value of /postkontor/test/pepper" {
			t.Errorf("%d failures: %q, %v", c.fails, got, err)
		}
		if calls.Load() != c.calls {
			t.Errorf("%d failures: %d calls, want %d", c.fails, calls.Load(), c.calls)
		}
		if _, err := source.Parameter(t.Context(), secret.Token); err != nil {
			t.Errorf("%d failures, the next use: %v", c.fails, err)
		}
		if _, err := source.Parameter(t.Context(), secret.Draft); err == nil {
			t.Error("a parameter that was not asked for was answered")
		}
	}
}
