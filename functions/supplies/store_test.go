package supplies_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postkontor/functions/supplies"
	"postkontor/shared/metric"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

func ask(h http.Handler, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Encoding", "br")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func open() http.Handler {
	return supplies.New(supplies.Config{Supplies: &supply.Store{Catalogue: supply.Default()}, Edge: web.Config{
		Origin: &url.URL{Scheme: "https", Host: "account.example.com"}, Operator: operator.Default(), Now: time.Now, Events: metric.New(io.Discard, "supplies")}}).Handler()
}

var products = regexp.MustCompile(`href="/supplies/([^"]+)"`)

// TestStore: what the filters leave, and where each further one leads.
func TestStore(t *testing.T) {
	t.Parallel()
	h := open()
	for name, c := range map[string]struct {
		path  string
		found []string // the products, where that is said
		says  []string
	}{
		"everything": {"/supplies", nil, []string{"<title>Store · Postkontor</title>", "<h1>Store</h1>", "27 products", `href="/supplies?category=shipping-supplies"`, `href="/supplies?kind=labels"`,
			`src="/assets/supplies.`, "8 11/16 × 5 7/16 × 1 3/4 inches", "Pack of 10 · Pack of 25"}},
		"labels": {"/supplies?category=shipping-supplies&type=free-shipping-supplies&kind=labels", []string{"LABEL-228", "LABEL-107R", "LABEL-106A"}, []string{
			"<title>Labels · Store · Postkontor</title>", "<h1>Labels</h1>", "3 products", `<a href="/supplies?category=shipping-supplies&amp;type=free-shipping-supplies">Free shipping supplies</a>`,
			`<a href="/supplies?category=shipping-supplies&amp;type=free-shipping-supplies" aria-current="true">`, `<span aria-current="page">Labels</span>`,
			`<input type="hidden" name="kind" value="labels">`}},
		"a search":            {"/supplies?q=ROLL", []string{"LABEL-107R"}, []string{`value="ROLL"`, "1 product"}},
		"a search of a kind":  {"/supplies?kind=boxes&q=cube", []string{"O-BOX4"}, []string{`href="/supplies?q=cube" aria-current="true"`}},
		"in another language": {"/supplies?kind=labels&lang=es", []string{"LABEL-228", "LABEL-107R", "LABEL-106A"}, []string{`<html lang="es">`, "<h1>Etiquetas</h1>"}},
		"nothing":             {"/supplies?q=zebra", []string{}, []string{"0 products", "Nothing fits", `href="/supplies">Show everything`}},
		"a product":           {"/supplies/LABEL-228?lang=sv", nil, []string{"<title>Adressetikett Priority Mail · Butik · Postkontor</title>", `value="50"`, "Högst per beställning"}},
		"an unknown filter":   {"/supplies?kind=zebras", []string{}, []string{"<h1>Store</h1>"}},
		"what was typed":      {"/supplies?q=" + url.QueryEscape(`"><b>`), []string{}, []string{`value="&#34;&gt;&lt;b&gt;"`}},
	} {
		w := ask(h, c.path)
		html := w.Body.String()
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", name, w.Code)
		}
		for _, want := range c.says {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
		found := []string{}
		for _, match := range products.FindAllStringSubmatch(html, -1) {
			found = append(found, match[1])
		}
		if c.found != nil && !slices.Equal(found, c.found) {
			t.Errorf("%s: %v", name, found)
		}
	}
	if w := ask(h, "/supplies/NONE"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown product: %d", w.Code)
	}
}

// TestStoreIsLight adds up all that a browser loads for the whole catalogue, as it is served. Every picture is there.
func TestStoreIsLight(t *testing.T) {
	t.Parallel()
	html := ask(open(), "/supplies").Body.String()
	total, loaded := len(html), map[string]string{}
	for _, match := range regexp.MustCompile(`(?:src|href)="((?:/assets/|/favicon)[^"#]*)(?:#([^"]*))?"`).FindAllStringSubmatch(html, -1) {
		path, picture := match[1], match[2]
		if _, ok := loaded[path]; !ok {
			total += ask(page.Assets(), path).Body.Len()
			plain := httptest.NewRecorder()
			page.Assets().ServeHTTP(plain, httptest.NewRequest("GET", path, nil))
			loaded[path] = plain.Body.String()
		}
		if picture != "" && !strings.Contains(loaded[path], `<view id="`+picture+`"`) {
			t.Errorf("%s has no picture %s", path, picture)
		}
	}
	t.Logf("%d bytes in %d requests, %d of them the page itself", total, len(loaded)+1, len(html))
	if len(loaded) != 5 || total > 48<<10 {
		t.Errorf("the store needs %d bytes in %d requests", total, len(loaded)+1)
	}
}
