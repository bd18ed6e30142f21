package page_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"postkontor/shared/page"
)

func manifest(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("assets/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var hashes map[string]string
	if err := json.Unmarshal(data, &hashes); err != nil {
		t.Fatal(err)
	}
	return hashes
}

// answer is what the handler says to a request with one Accept-Encoding.
func answer(t *testing.T, method, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	if accept != "" {
		r.Header.Set("Accept-Encoding", accept)
	}
	w := httptest.NewRecorder()
	page.Assets().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAssetsHaveTheContentTheirHashNames(t *testing.T) {
	t.Parallel()
	for name, hash := range manifest(t) {
		path, err := page.Asset(name)
		if err != nil {
			t.Fatal(err)
		}
		plain := body(t, answer(t, "GET", path, ""))
		sum := sha256.Sum256(plain)
		if got := hex.EncodeToString(sum[:]); !strings.HasPrefix(got, hash) {
			t.Errorf("%s: hash %s, manifest says %s", name, got[:len(hash)], hash)
		}
		zipped, err := gzip.NewReader(answer(t, "GET", path, "gzip").Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(zipped); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: gzip has other content (%v)", name, err)
		}
		if got := unbrotli(t, body(t, answer(t, "GET", path, "gzip, br"))); !bytes.Equal(got, plain) {
			t.Errorf("%s: brotli has other content", name)
		}
	}
}

// unbrotli leaves the decoding to Node.js, which built the assets.
func unbrotli(t *testing.T, data []byte) []byte {
	t.Helper()
	cmd := exec.Command("node", "-e", "process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(0)))")
	cmd.Stdin = bytes.NewReader(data)
	plain, err := cmd.Output()
	if err != nil {
		t.Fatalf("node cannot decode brotli (make packages installs it): %v", err)
	}
	return plain
}

func TestAssets(t *testing.T) {
	t.Parallel()
	current, err := page.Asset("page.css")
	if err != nil {
		t.Fatal(err)
	}
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	for name, c := range map[string]struct {
		method, path, accept   string
		status                 int
		coding, caching, media string
		empty                  bool
	}{
		"brotli first":           {"GET", current, "gzip, deflate, br, zstd", 200, "br", forever, "text/css; charset=utf-8", false},
		"gzip":                   {"GET", current, "gzip", 200, "gzip", forever, "text/css; charset=utf-8", false},
		"brotli refused":         {"GET", current, "br;q=0, gzip;q=0.5", 200, "gzip", forever, "text/css; charset=utf-8", false},
		"no coding":              {"GET", current, "", 200, "", forever, "text/css; charset=utf-8", false},
		"only the head":          {"HEAD", current, "br", 200, "br", forever, "text/css; charset=utf-8", true},
		"another hash":           {"GET", "/assets/page.000000000000.css", "br", 200, "br", ask, "text/css; charset=utf-8", false},
		"no hash":                {"GET", "/favicon.ico", "br", 200, "br", ask, "image/x-icon", false},
		"an unknown name":        {"GET", "/assets/other.000000000000.css", "br", 404, "", "", "text/plain; charset=utf-8", false},
		"another name's ending":  {"GET", "/assets/page.000000000000.svg", "br", 404, "", "", "text/plain; charset=utf-8", false},
		"what is not for anyone": {"GET", "/assets/manifest.json", "", 404, "", "", "text/plain; charset=utf-8", false},
	} {
		got := answer(t, c.method, c.path, c.accept)
		h := got.Header
		if got.StatusCode != c.status || h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.caching || h.Get("Content-Type") != c.media {
			t.Errorf("%s: %d %v", name, got.StatusCode, h)
		}
		if c.status == 200 && h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary is %q", name, h.Get("Vary"))
		}
		if data := body(t, got); (len(data) == 0) != c.empty {
			t.Errorf("%s: %d bytes", name, len(data))
		}
	}
}

func TestAssetsAreNotSentAgain(t *testing.T) {
	t.Parallel()
	first := answer(t, "GET", "/favicon.ico", "br")
	r := httptest.NewRequest("GET", "/favicon.ico", nil)
	r.Header.Set("Accept-Encoding", "br")
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))
	w := httptest.NewRecorder()
	page.Assets().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
}
