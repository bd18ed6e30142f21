// Package secret holds the keys that are kept outside the tables, and what is done with them.
//
// A parameter (one SSM SecureString, or one line of the local runner's key file) is a ring of keys under one name:
// "ID:BASE64,OLDER:BASE64", the current one first. The id stands in front of every value made with a key ("ID.BASE64URL"),
// so that values made with an older one are still understood. To rotate, put the new key behind the current one, start
// every function again, and then put it in front.
package secret

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// Name names one ring of keys.
type Name string

// The rings. Writers of messages hold SealPublic only; Seal, its private half, is courier's alone.
const (
	Pepper     Name = "pepper"      // over password and answer hashes
	Token      Name = "token"       // signs what is handed out and comes back: address tokens, device tokens
	Decoy      Name = "decoy"       // stable inventions for unknown usernames, and keys of counters
	Seal       Name = "seal"        // X25519 private keys
	SealPublic Name = "seal-public" // X25519 public keys, under the ids of their private ones
	Draft      Name = "draft"       // encrypts cookies
)

// OperatorAPI is no ring, but "ID:SECRET" of the operator's application; only where the operator's API is used.
const OperatorAPI Name = "operator-api"

// Names answers all rings.
func Names() []Name { return []Name{Pepper, Token, Decoy, Seal, SealPublic, Draft} }

// Size is the length of every key, in bytes.
const Size = 32

// ErrInvalid says that a value was not made with a key of the ring, or was changed since.
var ErrInvalid = errors.New("secret: value not made with a key of the ring")

// Source answers the text of a ring. It is asked once per process and ring, unless it answers an error.
type Source interface {
	Parameter(ctx context.Context, name Name) (string, error)
}

// Key is a ring of symmetric keys, read from its source at the first use. It is safe for concurrent use.
type Key struct {
	name   Name
	source Source
	Rand   io.Reader // for nonces; default crypto/rand.Reader

	mu   sync.Mutex
	ring []entry
}

type entry struct {
	id  string
	key []byte
}

// NewKey answers the ring of that name. It reads nothing yet.
func NewKey(source Source, name Name) *Key {
	return &Key{name: name, source: source, Rand: rand.Reader}
}

// Bytes answers the key of that id, the current one for "", and its id. An id that the ring does not have is ErrInvalid.
func (k *Key) Bytes(ctx context.Context, id string) (key []byte, keyID string, err error) {
	ring, err := k.load(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, e := range ring {
		if id == "" || e.id == id {
			return e.key, e.id, nil
		}
	}
	return nil, "", ErrInvalid
}

// MAC answers HMAC-SHA-256 of data under the current key, as "ID.BASE64URL".
func (k *Key) MAC(ctx context.Context, data []byte) (string, error) {
	key, id, err := k.Bytes(ctx, "")
	if err != nil {
		return "", err
	}
	return join(id, sum(key, data)), nil
}

// CheckMAC reports whether mac is what MAC answered for data, under any key of the ring. The error is the source's.
func (k *Key) CheckMAC(ctx context.Context, data []byte, mac string) (bool, error) {
	id, given, ok := split(mac)
	if !ok {
		return false, nil
	}
	key, _, err := k.Bytes(ctx, id)
	if errors.Is(err, ErrInvalid) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return hmac.Equal(sum(key, data), given), nil
}

// Encrypt answers plain under the current key (XChaCha20-Poly1305 with a random nonce), as "ID.BASE64URL".
func (k *Key) Encrypt(ctx context.Context, plain []byte) (string, error) {
	key, id, err := k.Bytes(ctx, "")
	if err != nil {
		return "", err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return "", fmt.Errorf("key %s of %s: %w", id, k.name, err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(k.Rand, nonce); err != nil {
		return "", err
	}
	return join(id, aead.Seal(nonce, nonce, plain, []byte(id))), nil
}

// Decrypt answers what Encrypt was given; ErrInvalid for everything that Encrypt did not make.
func (k *Key) Decrypt(ctx context.Context, text string) ([]byte, error) {
	id, sealed, ok := split(text)
	if !ok || len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, ErrInvalid
	}
	key, _, err := k.Bytes(ctx, id)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("key %s of %s: %w", id, k.name, err)
	}
	nonce, body := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, body, []byte(id))
	if err != nil {
		return nil, ErrInvalid
	}
	return plain, nil
}

// load reads the ring once; an error of the source is not kept, so that the next use asks again.
func (k *Key) load(ctx context.Context) ([]entry, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ring != nil {
		return k.ring, nil
	}
	text, err := k.source.Parameter(ctx, k.name)
	if err != nil {
		return nil, fmt.Errorf("reading the keys %s: %w", k.name, err)
	}
	k.ring, err = parse(text)
	if err != nil {
		return nil, fmt.Errorf("keys %s: %w", k.name, err)
	}
	return k.ring, nil
}

// parse reads "ID:BASE64,OLDER:BASE64". Its errors never hold the text.
func parse(text string) ([]entry, error) {
	var ring []entry
	for _, part := range strings.Split(text, ",") {
		id, encoded, _ := strings.Cut(strings.TrimSpace(part), ":")
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(key) != Size || !validID(id) {
			return nil, fmt.Errorf("entry %d is not ID:BASE64 of %d bytes", len(ring)+1, Size)
		}
		ring = append(ring, entry{id, key})
	}
	return ring, nil
}

// validID: 1–16 letters, digits and hyphens.
func validID(id string) bool {
	if len(id) < 1 || len(id) > 16 {
		return false
	}
	for _, r := range id {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-') {
			return false
		}
	}
	return true
}

func sum(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

func join(id string, value []byte) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(value)
}

// split undoes join. Strict decoding, so that a value has one spelling only.
func split(text string) (id string, value []byte, ok bool) {
	id, encoded, ok := strings.Cut(text, ".")
	if !ok || id == "" {
		return "", nil, false
	}
	value, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	return id, value, err == nil
}
