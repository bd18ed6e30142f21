package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postkontor/shared/web/gateway"
)

// seen is what a handler gets to see of a request.
type seen struct {
	Method, Path, Query, Host, RemoteAddr, Body string
	Header                                      http.Header
	Gateway                                     gateway.Request
}

// invoke hands an event to a handler that notes what it sees.
func invoke(t testing.TB, event string) seen {
	t.Helper()
	var s seen
	handler := gateway.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || int64(len(body)) != r.ContentLength {
			t.Errorf("body of %d bytes, announced %d: %v", len(body), r.ContentLength, err)
		}
		s = seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Host, r.RemoteAddr, string(body), r.Header, gateway.RequestOf(r.Context())}
	}))
	if _, err := handler.Invoke(t.Context(), []byte(event)); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEventsAsTheGatewaySendsThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event string
		want  seen
	}{
		"all of it": {
			`{"version":"2.0","routeKey":"$default","rawPath":"/my/päth?","rawQueryString":"a=1&a=2&b=%20+",
			"cookies":["one=1","two=2"],"headers":{"host":"account.example.com","accept":"text/html,*/*","x-forwarded-for":"203.0.113.7"},
			"queryStringParameters":{"a":"1,2","b":"  "},"pathParameters":{"p":"v"},"stageVariables":{"s":"v"},
			"requestContext":{"accountId":"123456789012","apiId":"api","authentication":null,
			"authorizer":{"jwt":{"claims":{"sub":"agent-1"},"scopes":["desk"]}},"domainName":"x","domainPrefix":"x",
			"http":{"method":"POST","path":"/my/p","protocol":"HTTP/1.1","sourceIp":"203.0.113.7","userAgent":"agent"},
			"requestId":"id=","routeKey":"$default","stage":"$default","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1583348638390},
			"body":"SGVsbG8=","isBase64Encoded":true}`,
			seen{"POST", "/my/päth?", "a=1&a=2&b=%20+", "account.example.com", "203.0.113.7:0", "Hello",
				http.Header{"Accept": {"text/html,*/*"}, "X-Forwarded-For": {"203.0.113.7"}, "Cookie": {"one=1; two=2"}},
				gateway.Request{RequestID: "id=", SourceIP: "203.0.113.7", UserAgent: "agent", Stage: "$default",
					Claims: map[string]string{"sub": "agent-1"}}},
		},
		"IPv6, a stage, a signature": {
			`{"version":"2.0","rawPath":"/prod/v1/scans","headers":{"Host":"h"},"requestContext":{"stage":"prod",
			"authorizer":{"iam":{"userArn":"arn:aws:iam::1:role/scanner"}},"http":{"method":"GET","sourceIp":"2001:db8::1"}}}`,
			seen{"GET", "/v1/scans", "", "h", "[2001:db8::1]:0", "", http.Header{},
				gateway.Request{SourceIP: "2001:db8::1", Stage: "prod", IAM: "arn:aws:iam::1:role/scanner"}},
		},
		"only the stage": {
			`{"version":"2.0","rawPath":"/prod","requestContext":{"stage":"prod","http":{"method":"GET"}}}`,
			seen{"GET", "/", "", "", ":0", "", http.Header{}, gateway.Request{Stage: "prod"}},
		},
		"a path that only begins like the stage": {
			`{"version":"2.0","rawPath":"/products","requestContext":{"stage":"prod","http":{"method":"GET"}}}`,
			seen{"GET", "/products", "", "", ":0", "", http.Header{}, gateway.Request{Stage: "prod"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, invoke(t, c.event)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for _, event := range []string{``, `[]`, `{}`, `{"version":"1.0"}`, `{"version":"2.0","body":"%","isBase64Encoded":true}`} {
		answer, err := gateway.NewHandler(http.NotFoundHandler()).Invoke(t.Context(), []byte(event))
		if err == nil {
			t.Errorf("%s: %s", event, answer)
		}
	}
}

// TestRequestsRoundTrip: whatever a server reads, a function sees, but for what the gateway is known to change.
func TestRequestsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.StringMatching(`[!-+\--:<-~]{1,12}`) // no comma and semicolon, which separate
		path := "/" + rapid.String().Draw(rt, "path")
		body := rapid.SliceOf(rapid.Byte()).Draw(rt, "body")
		if rapid.Bool().Draw(rt, "text") {
			body = []byte(rapid.String().Draw(rt, "body"))
		}
		r := httptest.NewRequest(rapid.SampledFrom([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}).Draw(rt, "method"),
			(&url.URL{Scheme: "http", Host: "localhost:3000", Path: path}).String(), bytes.NewReader(body))
		r.URL.RawQuery = rapid.StringMatching(`[ -~]{0,30}`).Draw(rt, "query")
		r.Header = http.Header{}
		want := http.Header{"X-Forwarded-For": {"192.0.2.1"}}
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Za-z][A-Za-z0-9-]{0,10}`), 0, 5, http.CanonicalHeaderKey).Draw(rt, "names") {
			values := rapid.SliceOfN(rapid.String(), 1, 3).Draw(rt, "values")
			r.Header["X-"+http.CanonicalHeaderKey(name)] = values
			want.Set("X-"+name, strings.Join(values, ","))
		}
		r.Header.Set("Content-Type", rapid.SampledFrom([]string{"", "application/json", "text/html; charset=utf-8",
			"application/x-www-form-urlencoded", "application/problem+json", "image/png", ";"}).Draw(rt, "type"))
		want.Set("Content-Type", r.Header.Get("Content-Type"))
		if cookies := rapid.SliceOfN(word, 0, 3).Draw(rt, "cookies"); len(cookies) > 0 {
			r.Header["Cookie"] = cookies
			want.Set("Cookie", strings.Join(cookies, "; "))
		}
		req := gateway.Request{RequestID: "id", SourceIP: "192.0.2.1", UserAgent: rapid.String().Draw(rt, "agent"),
			Stage: rapid.SampledFrom([]string{"$default", "prod"}).Draw(rt, "stage"), IAM: rapid.String().Draw(rt, "iam"),
			Claims: rapid.MapOfN(rapid.String(), rapid.String(), 1, 3).Draw(rt, "claims")}
		event, err := gateway.EncodeRequest(r, body, req)
		if err != nil {
			rt.Fatal(err)
		}
		got := invoke(t, string(event))
		if req.UserAgent == "" {
			got.Gateway.UserAgent = ""
		}
		if diff := cmp.Diff(seen{r.Method, path, r.URL.RawQuery, r.Host, "192.0.2.1:0", string(body), want, req}, got); diff != "" {
			rt.Error(diff)
		}
	})
}

// TestEncodedEvents shows what the gateway changes.
func TestEncodedEvents(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/a%2Fb%20c?q=%20", nil)
	r.RemoteAddr = "[fe80::1%eth0]:4711"
	r.Header = http.Header{"Cookie": {"a=1; b=\"2\"", "c=3"}, "Connection": {"close"}, "Transfer-Encoding": {"chunked"},
		"Accept": {"text/html", "*/*"}, "X-Forwarded-For": {"198.51.100.1"}, "User-Agent": {"ua\xff"},
		"Content-Type": {"application/x-www-form-urlencoded"}}
	event, err := gateway.EncodeRequest(r, []byte("a=b"), gateway.Request{})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(event), `"x-forwarded-for"`); n != 1 {
		t.Errorf("x-forwarded-for stands there %d times", n)
	}
	var got map[string]any
	if err := json.Unmarshal(event, &got); err != nil {
		t.Fatalf("%v: %s", err, event)
	}
	about := got["requestContext"].(map[string]any)
	if id, _ := about["requestId"].(string); len(id) != 16 {
		t.Errorf("request id %q", id)
	}
	delete(about, "requestId")
	want := map[string]any{"version": "2.0", "routeKey": "$default", "rawPath": "/a/b c", "rawQueryString": "q=%20",
		"cookies": []any{"a=1", `b="2"`, "c=3"}, "body": "YT1i", "isBase64Encoded": true,
		"headers": map[string]any{"host": "example.com", "accept": "text/html,*/*", "x-forwarded-for": "198.51.100.1,fe80::1",
			"user-agent": "ua\ufffd", "content-type": "application/x-www-form-urlencoded"},
		"requestContext": map[string]any{"stage": "$default",
			"http": map[string]any{"method": "POST", "sourceIp": "fe80::1", "userAgent": "ua\ufffd"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r.RemoteAddr = "nowhere"
	if _, err := gateway.EncodeRequest(r, nil, gateway.Request{}); err == nil {
		t.Error("a caller without an address")
	}
}

// TestBodiesThatAreText go as they are; all others, forms too, in base64.
func TestBodiesThatAreText(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]bool{"application/json": true, "application/problem+json": true, "application/xml": true,
		"image/svg+xml": true, "text/plain; charset=utf-8": true, "application/javascript": true, "": false, "image/png": false,
		"application/x-www-form-urlencoded": false, "multipart/form-data; boundary=a": false} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Content-Type", kind)
		event, err := gateway.EncodeRequest(r, []byte("a=b"), gateway.Request{})
		if err != nil || strings.Contains(string(event), `"body":"a=b"`) != text {
			t.Errorf("%s: %v %s", kind, err, event)
		}
	}
}

// TestTheDeadlineIsTheFunctions: what the handler waits for ends with the invocation.
func TestTheDeadlineIsTheFunctions(t *testing.T) {
	t.Parallel()
	want := time.Now().Add(time.Minute)
	ctx, cancel := context.WithDeadline(t.Context(), want)
	defer cancel()
	var got time.Time
	handler := gateway.NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got, _ = r.Context().Deadline() }))
	if _, err := handler.Invoke(ctx, []byte(`{"version":"2.0"}`)); err != nil || !got.Equal(want) {
		t.Errorf("%v instead of %v, %v", got, want, err)
	}
	if zero := gateway.RequestOf(ctx); zero.RequestID != "" || zero.Claims != nil {
		t.Errorf("outside of a request: %+v", zero)
	}
}
