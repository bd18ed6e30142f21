// Package credential is what a customer proves themselves with: passwords, answers to questions, codes. It says which are
// good enough and how they are kept.
package credential

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/crypto/argon2"

	"postkontor/shared/secret"
)

// Cost is what one hash costs: memory in KiB, passes, lanes.
type Cost struct {
	Memory, Time uint32
	Threads      uint8
}

const (
	saltSize = 16
	tagSize  = 32
)

// Hasher makes and checks hashes of passwords and answers. A hash is kept as a PHC string
//
//	$argon2id$v=19$m=19456,t=2,p=1,keyid=ID$SALT$MAC
//
// in which the output of argon2id (32 bytes) is replaced by its HMAC-SHA-256 under key ID of the pepper. So a stolen table alone
// does not even allow guessing, and keys rotate.
//
// It runs as many hashes at once as there are processors; the others wait until their context ends.
type Hasher struct {
	Pepper *secret.Key
	Rand   io.Reader // for salts; nil: crypto/rand.Reader
	Cost   Cost      // of new hashes

	slots chan struct{}
}

// NewHasher answers a Hasher with the least cost that OWASP's Password Storage Cheat Sheet names for argon2id.
func NewHasher(pepper *secret.Key) *Hasher {
	return &Hasher{Pepper: pepper, Cost: Cost{Memory: 19456, Time: 2, Threads: 1}, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Hash answers what is kept for text, with a new salt.
func (h *Hasher) Hash(ctx context.Context, text string) (string, error) {
	random := h.Rand
	if random == nil {
		random = rand.Reader
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("reading a salt: %w", err)
	}
	return h.hash(ctx, text, salt)
}

func (h *Hasher) hash(ctx context.Context, text string, salt []byte) (string, error) {
	key, id, err := h.Pepper.Bytes(ctx, "")
	if err != nil {
		return "", err
	}
	kept := kept{cost: h.Cost, keyID: id, salt: salt}
	kept.mac, err = h.mac(ctx, kept, key, text)
	return kept.String(), err
}

// Verify reports whether stored was made of text, and whether it should be made anew, because its cost or its pepper is
// not the current one. A stored string that Hash does not make is an error, and so is one whose pepper is gone.
func (h *Hasher) Verify(ctx context.Context, stored, text string) (ok, stale bool, err error) {
	kept, err := parse(stored)
	if err != nil {
		return false, false, err
	}
	key, _, err := h.Pepper.Bytes(ctx, kept.keyID)
	if err != nil {
		return false, false, fmt.Errorf("the pepper %s: %w", kept.keyID, err)
	}
	_, current, err := h.Pepper.Bytes(ctx, "")
	if err != nil {
		return false, false, err
	}
	mac, err := h.mac(ctx, kept, key, text)
	if err != nil || !hmac.Equal(mac, kept.mac) {
		return false, false, err
	}
	return true, kept.cost != h.Cost || kept.keyID != current, nil
}

// Dummy costs what Verify costs for a hash of the current cost; for usernames that nobody has.
func (h *Hasher) Dummy(ctx context.Context, text string) error {
	_, err := h.hash(ctx, text, make([]byte, saltSize))
	return err
}

// mac runs argon2id, when a processor is free, and answers the HMAC that is kept instead of its output.
func (h *Hasher) mac(ctx context.Context, k kept, key []byte, text string) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a processor: %w", ctx.Err())
	}
	unsettleCollector()
	tag := argon2.IDKey([]byte(text), k.salt, k.cost.Time, k.cost.Memory, k.cost.Threads, tagSize)
	mac := hmac.New(sha256.New, key)
	mac.Write(tag)
	return mac.Sum(nil), nil
}

// unsettleCollector changes, now and then, how much garbage starts a collection. At a constant pace every so many hashes of
// 19 MiB start one; then of two names asked about by turns it is always the same one that takes longer.
func unsettleCollector() {
	if mathrand.IntN(8) == 0 {
		debug.SetGCPercent(300 + mathrand.IntN(300))
	}
}

// kept is a stored hash in its parts.
type kept struct {
	cost      Cost
	keyID     string
	salt, mac []byte
}

func (k kept) String() string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d,keyid=%s$%s$%s", argon2.Version, k.cost.Memory, k.cost.Time, k.cost.Threads,
		k.keyID, text(k.salt), text(k.mac))
}

var errMalformed = errors.New("credential: stored hash is malformed")

// parse reads what String wrote, and nothing that spells it otherwise or costs more than this process may spend.
func parse(stored string) (kept, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 {
		return kept{}, errMalformed
	}
	var k kept
	_, scanErr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d,keyid=%s", &k.cost.Memory, &k.cost.Time, &k.cost.Threads, &k.keyID)
	var saltErr, macErr error
	k.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	k.mac, macErr = base64.RawStdEncoding.DecodeString(parts[5])
	if errors.Join(scanErr, saltErr, macErr) != nil || !k.bounded() || k.String() != stored {
		return kept{}, errMalformed
	}
	return k, nil
}

// bounded: at most 128 MiB, 16 passes and 8 lanes; the least that argon2 takes (RFC 9106 §3.1).
func (k kept) bounded() bool {
	c := k.cost
	return c.Threads >= 1 && c.Threads <= 8 && c.Time >= 1 && c.Time <= 16 &&
		c.Memory >= 8*uint32(c.Threads) && c.Memory <= 128<<10 && len(k.salt) >= 8 && len(k.salt) <= 64 && len(k.mac) == sha256.Size
}
