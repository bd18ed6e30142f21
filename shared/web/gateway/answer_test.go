package gateway_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postkontor/shared/web/gateway"
)

// through answers what a client gets when the handler stands behind the gateway.
func through(t testing.TB, h http.Handler, method string) *http.Response {
	t.Helper()
	event, err := gateway.EncodeRequest(httptest.NewRequest(method, "/", nil), nil, gateway.Request{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := gateway.NewHandler(h).Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := gateway.WriteResponse(w, answer); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	return w.Result()
}

// TestAnswersAreThoseOfNetHTTP runs handlers behind the gateway and behind Go's server and compares what clients get.
func TestAnswersAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"nothing":             func(http.ResponseWriter, *http.Request) {},
		"only a body":         func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!DOCTYPE html><p>") },
		"only a status":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) },
		"the second status":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(500) },
		"an early hint":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(201) },
		"no content":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204); fmt.Fprint(w, "lost") },
		"not modified":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) },
		"a redirect":          func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a?b=<c>", http.StatusSeeOther) },
		"an error":            func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusGone) },
		"a header too late":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a"); w.Header().Set("X-Late", "1") },
		"a status, then text": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); fmt.Fprint(w, "{}") },
		"two writes":          func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "GIF89a"); fmt.Fprint(w, "<html>") },
		"compressed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "<html>")
		},
		"binary": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "font/woff2")
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write([]byte{0xff, 0, 1, 0x80})
		},
		"cookies": func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", HttpOnly: true})
			http.SetCookie(w, &http.Cookie{Name: "b", Value: "2, 3"})
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, "\u2028\x00\"\\\n<&>é漢😀")
		},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(name+" to "+method, func(t *testing.T) {
				t.Parallel()
				server := httptest.NewServer(handler)
				defer server.Close()
				r, _ := http.NewRequest(method, server.URL, nil)
				want, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, want, through(t, handler, method), method == "HEAD")
			})
		}
	}
}

func compare(t *testing.T, want, got *http.Response, head bool) {
	t.Helper()
	for _, r := range []*http.Response{want, got} {
		r.Header.Del("Date")
		r.Header.Del("Content-Length")
		if head {
			r.Header.Del("Content-Type") // the server guesses it also where nothing is sent
		}
	}
	wantBody, _ := io.ReadAll(want.Body)
	gotBody, _ := io.ReadAll(got.Body)
	if diff := cmp.Diff(string(wantBody), string(gotBody)); diff != "" || want.StatusCode != got.StatusCode {
		t.Errorf("%d instead of %d %s", got.StatusCode, want.StatusCode, diff)
	}
	if diff := cmp.Diff(want.Header, got.Header); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		status := rapid.SampledFrom([]int{200, 201, 301, 400, 404, 422, 500, 503}).Draw(rt, "status")
		body := rapid.SliceOf(rapid.Byte()).Draw(rt, "body")
		if rapid.Bool().Draw(rt, "text") {
			body = []byte(rapid.String().Draw(rt, "body"))
		}
		values := rapid.SliceOfN(rapid.String(), 1, 3).Draw(rt, "values")
		got := through(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-Values"], w.Header()["Set-Cookie"] = values, values
			w.Header().Set("Content-Type", "x/y")
			w.WriteHeader(status)
			_, _ = w.Write(body)
		}), "GET")
		gotBody, _ := io.ReadAll(got.Body)
		if got.StatusCode != status || string(gotBody) != string(body) {
			rt.Errorf("%d %q", got.StatusCode, gotBody)
		}
		want := http.Header{"X-Values": {strings.Join(values, ",")}, "Set-Cookie": values, "Content-Type": {"x/y"}}
		got.Header.Del("Content-Length")
		if diff := cmp.Diff(want, got.Header); diff != "" {
			rt.Error(diff)
		}
	})
}

// TestPanicsAreAnswered is not parallel, as it looks at what is logged by default.
func TestPanicsAreAnswered(t *testing.T) {
	before := slog.Default()
	defer slog.SetDefault(before)
	var log strings.Builder
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	for name, handler := range map[string]http.HandlerFunc{
		"at once":      func(http.ResponseWriter, *http.Request) { panic("typed text") },
		"half way":     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "half"); panic("typed text") },
		"to stop":      func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"without more": func(http.ResponseWriter, *http.Request) { var r *http.Request; r.Method = "GET" },
	} {
		got := through(t, handler, "GET")
		if body, _ := io.ReadAll(got.Body); got.StatusCode != 500 || len(body) != 0 {
			t.Errorf("%s: %d %s", name, got.StatusCode, body)
		}
	}
	if strings.Contains(log.String(), "typed text") || strings.Count(log.String(), "answer_test.go") < 4 {
		t.Error(log.String())
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{``, `null`, `{}`, `{"statusCode":99}`, `{"statusCode":600}`, `{"statusCode":"200"}`,
		`{"statusCode":200,"body":"%","isBase64Encoded":true}`} {
		if err := gateway.WriteResponse(httptest.NewRecorder(), []byte(answer)); err == nil {
			t.Errorf("%s is written", answer)
		}
	}
}

// BenchmarkInvoke is what the bridge adds to a browser's request: for a short answer, and for a page of 10 KB.
func BenchmarkInvoke(b *testing.B) {
	event, err := gateway.EncodeRequest(browser(), nil, gateway.Request{})
	if err != nil {
		b.Fatal(err)
	}
	for name, repeat := range map[string]int{"short": 1, "page": 200} {
		body := []byte(strings.Repeat(`<p class="usa-intro">Ein "Wort" & nöch eins</p>`, repeat))
		handler := gateway.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
				"Cross-Origin-Opener-Policy", "Permissions-Policy", "Cache-Control", "Content-Type"} {
				w.Header().Set(name, "default-src 'none'; script-src 'self'")
			}
			_, _ = w.Write(body)
		}))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := handler.Invoke(b.Context(), event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEncodeRequest is what the local runner adds before.
func BenchmarkEncodeRequest(b *testing.B) {
	r := browser()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gateway.EncodeRequest(r, nil, gateway.Request{}); err != nil {
			b.Fatal(err)
		}
	}
}

func browser() *http.Request {
	r := httptest.NewRequest("GET", "/account?lang=es", nil)
	for name, value := range map[string]string{
		"Accept":          "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
		"Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "es-ES,es;q=0.9,en;q=0.8", "Cache-Control": "max-age=0",
		"Cookie":     "__Host-session=pks_01JDABCDEFGHJKMNPQRSTVWXYZ" + strings.Repeat("a", 43) + "; __Host-language=es",
		"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
		"Referer":    "https://account.example.com/login", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate",
		"Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1", "Upgrade-Insecure-Requests": "1", "Priority": "u=0, i",
		"Sec-Ch-Ua": `"Chromium";v="130", "Not?A_Brand";v="99"`, "Sec-Ch-Ua-Mobile": "?0", "Sec-Ch-Ua-Platform": `"Linux"`,
	} {
		r.Header.Set(name, value)
	}
	return r
}
