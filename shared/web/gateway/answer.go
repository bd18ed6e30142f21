package gateway

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// answer is the http.ResponseWriter of one event. As in net/http the first status counts, what a handler does to the
// header after it is lost, and a missing Content-Type is guessed from the first bytes of the body.
type answer struct {
	header http.Header
	head   []byte // the answer as JSON up to the end of its headers; nil before the status
	body   []byte
	typed  bool // the head tells what the body is
	silent bool // the answer has no body
}

func newAnswer(method string) *answer {
	return &answer{header: make(http.Header, 8), silent: method == http.MethodHead}
}

// Header is the header to be sent.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status. Informational ones do not pass the gateway.
func (a *answer) WriteHeader(status int) {
	if a.head != nil || status < http.StatusOK {
		return
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		a.silent = true
	}
	a.head = append(make([]byte, 0, 1024), `{"statusCode":`...)
	a.head = strconv.AppendInt(a.head, int64(status), 10)
	a.head = appendCookies(a.head, a.header["Set-Cookie"])
	a.head = append(a.head, `,"headers":{`...)
	for name, values := range a.header {
		if name != "Set-Cookie" && len(values) > 0 {
			a.addHeader(name, values...)
		}
	}
}

func (a *answer) addHeader(name string, values ...string) {
	a.typed = a.typed || name == "Content-Type" || name == "Content-Encoding"
	a.head = appendString(appendComma(a.head, a.head[len(a.head)-1] != '{'), name)
	a.head = append(a.head, ':')
	a.head = appendJoined(a.head, values)
}

// Write adds to the body.
func (a *answer) Write(b []byte) (int, error) {
	if a.head == nil {
		a.WriteHeader(http.StatusOK)
	}
	if a.silent {
		return len(b), nil
	}
	if !a.typed && len(b) > 0 {
		a.addHeader("Content-Type", http.DetectContentType(b))
	}
	a.body = append(a.body, b...)
	return len(b), nil
}

// encode answers the whole; a body that is no text goes in base64.
func (a *answer) encode() []byte {
	if a.head == nil {
		a.WriteHeader(http.StatusOK)
	}
	whole := slices.Grow(append(a.head, '}'), len(a.body)*9/8+64)
	return append(appendBody(whole, a.body, true), '}')
}

func appendBody(b, body []byte, text bool) []byte {
	if text && utf8.Valid(body) {
		b = append(b, `,"isBase64Encoded":false,"body":`...)
		return append(appendText(append(b, '"'), body), '"')
	}
	b = append(b, `,"isBase64Encoded":true,"body":"`...)
	return append(base64.StdEncoding.AppendEncode(b, body), '"')
}

func appendCookies(b []byte, cookies []string) []byte {
	if len(cookies) == 0 {
		return b
	}
	b = append(b, `,"cookies":[`...)
	for i, cookie := range cookies {
		b = appendString(appendComma(b, i > 0), cookie)
	}
	return append(b, ']')
}

func appendComma(b []byte, needed bool) []byte {
	if needed {
		b = append(b, ',')
	}
	return b
}

// appendJoined writes the values of one header as the gateway joins them.
func appendJoined(b []byte, values []string) []byte {
	b = append(b, '"')
	for i, value := range values {
		b = appendText(appendComma(b, i > 0), strings.ToValidUTF8(value, "\ufffd"))
	}
	return append(b, '"')
}

// appendString writes a JSON string; bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, text string) []byte {
	return append(appendText(append(b, '"'), strings.ToValidUTF8(text, "\ufffd")), '"')
}

// appendText writes the inside of a JSON string of valid UTF-8, without the detours of encoding/json for <, > and &.
func appendText[T string | []byte](b []byte, text T) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, text[from:i]...)
		from = i + 1
		if c < ' ' {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(b, text[from:]...)
}
