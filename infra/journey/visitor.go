// Package journey walks through the product as its customers do: a Visitor is a browser without scripts, and the tests of
// this package drive a real one.
package journey

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// Visitor keeps cookies and follows redirects.
type Visitor struct {
	Key string // the Idempotency-Key of the next call

	origin string
	client *http.Client
}

// NewVisitor makes a visitor of the site at origin; through is what carries the requests, nil for the network.
func NewVisitor(origin string, through http.RoundTripper) *Visitor {
	jar, _ := cookiejar.New(nil) // without a list of public suffixes nothing can go wrong
	return &Visitor{origin: origin, client: &http.Client{Jar: jar, Transport: through}}
}

// Page is what was answered in the end.
type Page struct {
	Path   string // where the redirects led
	Status int
	Body   string
}

// Get asks for a page.
func (v *Visitor) Get(path string) (Page, error) {
	request, err := http.NewRequest(http.MethodGet, v.origin+path, nil)
	if err != nil {
		return Page{}, err
	}
	return v.do(request)
}

// Send sends a form.
func (v *Visitor) Send(path string, form url.Values) (Page, error) {
	request, err := http.NewRequest(http.MethodPost, v.origin+path, strings.NewReader(form.Encode()))
	if err != nil {
		return Page{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(request)
}

// Call calls the API with a JSON body, "" for none, and a session's token, "" for none.
func (v *Visitor) Call(method, path, token, body string) (Page, error) {
	request, err := http.NewRequest(method, v.origin+path, strings.NewReader(body))
	if err != nil {
		return Page{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	if v.Key != "" {
		request.Header.Set("Idempotency-Key", v.Key)
		v.Key = ""
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return v.do(request)
}

func (v *Visitor) do(request *http.Request) (Page, error) {
	request.Header.Set("Accept-Language", "en")
	request.Header.Set("User-Agent", "Mozilla/5.0 (journey)")
	response, err := v.client.Do(request)
	if err != nil {
		return Page{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	page := Page{Path: response.Request.URL.RequestURI(), Status: response.StatusCode, Body: string(body)}
	if err == nil && page.Status >= 500 {
		err = fmt.Errorf("%s %s answered %d", request.Method, request.URL.Path, page.Status)
	}
	return page, err
}
