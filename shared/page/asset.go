package page

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// manifest is apart from built, so that only a binary that serves the assets has them in it.
//
//go:embed assets/manifest.json
var manifest []byte

//go:embed assets/*.br assets/*.gz
var built embed.FS

// hashes answers the hash of each asset by its name.
var hashes = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	if err := json.Unmarshal(manifest, &all); err != nil {
		panic("page: assets/manifest.json: " + err.Error())
	}
	return all
})

// Asset answers the address of a built asset, which changes with its content.
func Asset(name string) (string, error) {
	hash, ok := hashes()[name]
	if !ok {
		return "", fmt.Errorf("no asset %s", name)
	}
	kind := path.Ext(name)
	return "/assets/" + strings.TrimSuffix(name, kind) + "." + hash + kind, nil
}

// Drawing answers the address of a product's drawing, all of which are in one file.
func Drawing(name string) string {
	drawings, _ := Asset("supplies.svg") // built with the product: a test finds each drawing in it
	return drawings + "#" + name
}

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".ico": "image/x-icon",
}

// Assets serves the built assets below /assets/, and alone at their name's path: /favicon.ico. Under its current hash
// one may be kept forever; under any other it is the current one, to be asked for again, so that a page from before or
// after a deployment finds what it names.
func Assets() http.Handler { return http.HandlerFunc(serveAsset) }

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name, hash := splitHash(path.Base(r.URL.Path))
	current, ok := hashes()[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	coding, body, err := encoded(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if hash == current {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+current+coding+`"`)
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Type", assetTypes[path.Ext(name)])
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the caller is gone when this fails
	}
}

// splitHash takes page.0123456789ab.css apart into page.css and the hash, "" when there is none.
func splitHash(file string) (name, hash string) {
	kind := path.Ext(file)
	stem, hash, found := strings.Cut(strings.TrimSuffix(file, kind), ".")
	if !found {
		return file, ""
	}
	return stem + kind, hash
}

// encoded answers an asset in the shortest form that the header Accept-Encoding takes.
func encoded(name, accept string) (coding string, body []byte, err error) {
	if accepts(accept, "br") {
		body, err = built.ReadFile("assets/" + name + ".br")
		return "br", body, err
	}
	body, err = built.ReadFile("assets/" + name + ".gz")
	if err != nil || accepts(accept, "gzip") {
		return "gzip", body, err
	}
	plain, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return "", nil, err
	}
	body, err = io.ReadAll(plain)
	return "", body, err
}

// accepts reads the header Accept-Encoding (RFC 9110 §12.5.3); "*" is not taken for a wish.
func accepts(header, coding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(item, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			_, q, _ := strings.Cut(weight, "=")
			w, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			return err != nil || w > 0
		}
	}
	return false
}
