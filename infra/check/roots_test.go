package check

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"testing"
	"time"
)

// amazon are the certificate authorities of Amazon Trust Services that the endpoints of AWS lead to, by the SHA-256
// fingerprints that it publishes.
var amazon = map[string]string{
	"8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
	"1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
	"18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
	"e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
	"568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": "Starfield Services Root Certificate Authority - G2",
}

// TestRoots: what the functions trust is exactly these five, and each for years to come.
func TestRoots(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	rest := []byte(read(t, "infra/roots.pem"))
	for block, more := pem.Decode(rest); block != nil; block, more = pem.Decode(more) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(certificate.Raw)
		fingerprint := hex.EncodeToString(sum[:])
		if amazon[fingerprint] != certificate.Subject.CommonName {
			t.Errorf("infra/roots.pem trusts %s", certificate.Subject)
		}
		if time.Until(certificate.NotAfter) < 3*365*24*time.Hour {
			t.Errorf("%s ends on %s", certificate.Subject.CommonName, certificate.NotAfter)
		}
		found[fingerprint] = true
	}
	if len(found) != len(amazon) {
		t.Errorf("infra/roots.pem has %d of the %d authorities", len(found), len(amazon))
	}
}
