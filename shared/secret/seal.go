package secret

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/box"
)

// Sealer closes values that only the holder of the private keys can open.
type Sealer struct{ public *Key }

// NewSealer answers a sealer to the current key of SealPublic.
func NewSealer(source Source) *Sealer { return &Sealer{NewKey(source, SealPublic)} }

// Seal answers plain in an anonymous nacl box, as "ID.BASE64URL".
func (s *Sealer) Seal(ctx context.Context, plain []byte) (string, error) {
	key, id, err := s.public.Bytes(ctx, "")
	if err != nil {
		return "", err
	}
	sealed, err := box.SealAnonymous(nil, plain, (*[Size]byte)(key), s.public.Rand)
	if err != nil {
		return "", fmt.Errorf("sealing to key %s: %w", id, err)
	}
	return join(id, sealed), nil
}

// Opener opens what a Sealer closed.
type Opener struct{ private *Key }

// NewOpener answers an opener with the private keys of Seal.
func NewOpener(source Source) *Opener { return &Opener{NewKey(source, Seal)} }

// Open answers what Seal was given; ErrInvalid for everything else.
func (o *Opener) Open(ctx context.Context, text string) ([]byte, error) {
	id, sealed, ok := split(text)
	if !ok {
		return nil, ErrInvalid
	}
	private, _, err := o.private.Bytes(ctx, id)
	if err != nil {
		return nil, err
	}
	public, err := curve25519.X25519(private, curve25519.Basepoint)
	if err != nil {
		return nil, fmt.Errorf("key %s of %s: %w", id, Seal, err)
	}
	plain, ok := box.OpenAnonymous(nil, sealed, (*[Size]byte)(public), (*[Size]byte)(private))
	if !ok {
		return nil, ErrInvalid
	}
	return plain, nil
}

// Parameter is one ring as text.
type Parameter struct {
	Name  Name
	Value string
}

// Generate makes a fresh ring of one key with that id for every name; nil random is crypto/rand.Reader.
func Generate(random io.Reader, id string) ([]Parameter, error) {
	if !validID(id) {
		return nil, fmt.Errorf("key id %q: 1 to 16 letters, digits and hyphens", id)
	}
	if random == nil {
		random = rand.Reader
	}
	var made []Parameter
	for _, name := range Names() {
		key := make([]byte, Size)
		if _, err := io.ReadFull(random, key); err != nil {
			return nil, err
		}
		if name == SealPublic {
			private, _ := parse(made[len(made)-1].Value) // Seal stands before SealPublic
			public, err := curve25519.X25519(private[0].key, curve25519.Basepoint)
			if err != nil {
				return nil, err
			}
			key = public
		}
		made = append(made, Parameter{name, format(id, key)})
	}
	return made, nil
}
