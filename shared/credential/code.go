package credential

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
)

// NewCode answers six random digits, each of the million codes as likely (SP 800-63B-4 §3.1.3.2). Random nil:
// crypto/rand.Reader.
func NewCode(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	n, err := rand.Int(random, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("drawing a code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}
