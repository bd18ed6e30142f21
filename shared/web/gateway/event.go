package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// EncodeRequest makes the event that an HTTP API makes of a request, as far as Invoke reads it. The body is given apart,
// since the gateway has read it whole. What req leaves empty is filled: id, stage $default, and address and user agent
// from r.
func EncodeRequest(r *http.Request, body []byte, req Request) ([]byte, error) {
	if err := complete(&req, r); err != nil {
		return nil, err
	}
	b := make([]byte, 0, 2048+len(body)*4/3)
	b = append(b, `{"version":"2.0","routeKey":"$default","rawPath":`...)
	path := r.URL.Path
	if req.Stage != defaultStage {
		path = "/" + req.Stage + path
	}
	b = appendString(b, path)
	b = append(b, `,"rawQueryString":`...)
	b = appendString(b, r.URL.RawQuery)
	b = appendCookies(b, splitCookies(r.Header["Cookie"]))
	b = appendHeader(b, r, req.SourceIP)
	b = append(b, `,"requestContext":`...)
	about, err := json.Marshal(contextOf(r, req))
	if err != nil {
		return nil, err
	}
	b = append(b, about...)
	return append(appendBody(b, body, len(body) == 0 || isText(r.Header.Get("Content-Type"))), '}'), nil
}

const defaultStage = "$default"

func complete(req *Request, r *http.Request) error {
	if req.SourceIP == "" {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			return fmt.Errorf("the caller's address: %w", err)
		}
		req.SourceIP, _, _ = strings.Cut(host, "%") // a zone is the host's own affair
	}
	if req.RequestID == "" {
		req.RequestID = rand.Text()[:15] + "="
	}
	if req.Stage == "" {
		req.Stage = defaultStage
	}
	if req.UserAgent == "" {
		req.UserAgent = r.UserAgent()
	}
	return nil
}

func contextOf(r *http.Request, req Request) eventContext {
	about := eventContext{RequestID: req.RequestID, Stage: req.Stage,
		HTTP: eventHTTP{Method: r.Method, SourceIP: req.SourceIP, UserAgent: req.UserAgent}}
	if req.Claims != nil || req.IAM != "" {
		about.Authorizer = &authorizer{}
		about.Authorizer.JWT.Claims, about.Authorizer.IAM.UserARN = req.Claims, req.IAM
	}
	return about
}

// splitCookies takes the Cookie header apart.
func splitCookies(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	cookies := strings.Split(strings.Join(lines, ";"), ";")
	for i, cookie := range cookies {
		cookies[i] = strings.TrimSpace(cookie)
	}
	return cookies
}

// perHop is what ends at the gateway (RFC 9110 §7.6.1).
var perHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// appendHeader writes the header in lower case, with the caller's address behind those that it claims to come from.
func appendHeader(b []byte, r *http.Request, ip string) []byte {
	b = append(b, `,"headers":{"host":`...)
	b = appendString(b, r.Host)
	for name, values := range r.Header {
		if name == "Cookie" || name == "X-Forwarded-For" || slices.Contains(perHop, name) {
			continue
		}
		b = append(b, `,"`...)
		b = append(appendText(b, strings.ToLower(name)), `":`...)
		b = appendJoined(b, values)
	}
	b = append(b, `,"x-forwarded-for":`...)
	b = appendJoined(b, append(slices.Clip(r.Header["X-Forwarded-For"]), ip))
	return append(b, '}')
}

// isText reports whether the gateway hands a body of that type over as text. A form is none.
func isText(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") ||
		kind == "application/json" || kind == "application/xml" || kind == "application/javascript"
}

// WriteResponse writes to w what an HTTP API makes of a function's answer. The error is that it is none; then nothing is
// written.
func WriteResponse(w http.ResponseWriter, answer []byte) error {
	var a struct {
		StatusCode      int               `json:"statusCode"`
		Headers         map[string]string `json:"headers"`
		Cookies         []string          `json:"cookies"`
		Body            string            `json:"body"`
		IsBase64Encoded bool              `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return fmt.Errorf("reading a function's answer: %w", err)
	}
	if a.StatusCode < http.StatusOK || a.StatusCode > 599 {
		return fmt.Errorf("a function's answer has the status %d", a.StatusCode)
	}
	if a.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(a.Body)
		if err != nil {
			return fmt.Errorf("reading a function's answer: %w", err)
		}
		a.Body = string(body)
	}
	header := w.Header()
	for name, value := range a.Headers {
		header.Set(name, value)
	}
	for _, cookie := range a.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	if a.Body != "" {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.StatusCode)
	if a.Body != "" {
		_, _ = io.WriteString(w, a.Body) // a client that is gone misses nothing
	}
	return nil
}
