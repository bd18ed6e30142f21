package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// chain makes a server certificate for localhost below two authorities, all with RSA keys of 2048 bits as Amazon's are,
// and answers it and the PEM of its root.
func chain() (tls.Certificate, []byte, error) {
	var certificate tls.Certificate
	var above *x509.Certificate
	var signer *rsa.PrivateKey
	var root []byte
	for i, name := range []string{"Root", "Intermediate", "localhost"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return certificate, nil, err
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "Coldstart " + name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true, IsCA: i < 2}
		if i == 2 {
			template.DNSNames = []string{name}
			certificate.PrivateKey = key
		}
		if i == 0 {
			above, signer = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, above, &key.PublicKey, signer)
		if err != nil {
			return certificate, nil, fmt.Errorf("certificate of %s: %w", name, err)
		}
		if above, err = x509.ParseCertificate(der); err != nil {
			return certificate, nil, err
		}
		signer = key
		if i == 0 {
			root = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
			continue
		}
		certificate.Certificate = append([][]byte{der}, certificate.Certificate...)
	}
	return certificate, root, nil
}
