package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"postkontor/shared/person"
	"postkontor/shared/table"
)

// claim is the right to be the one account of a person at an address, told by two HMACs.
type claim struct {
	Address string `json:"address"`
	Person  string `json:"person"`
}

// claimed is the claim's item.
type claimed struct {
	Account string `json:"account"`
}

func (c claim) key() table.Key {
	return table.Key{PK: "ADDRESS#" + c.Address, SK: "PERSON#" + c.Person}
}

// claimOf answers the claim of an account's person at its address: first and last name and suffix folded like answers,
// for a business also the company. The ZIP Code stands for the city, which has several names.
func (s *Store) claimOf(ctx context.Context, a *Account) (claim, error) {
	key, _, err := s.Claims.Bytes(ctx, "")
	if err != nil {
		return claim{}, fmt.Errorf("the key of claims: %w", err)
	}
	at := a.Address
	parts := []string{person.FoldName(a.Name.First), person.FoldName(a.Name.Last), person.FoldName(a.Name.Suffix)}
	if a.Type == Business {
		parts = append(parts, person.FoldName(a.Company))
	}
	return claim{
		Address: hashed(key, at.Street, at.Secondary, at.Urbanization, at.Zip),
		Person:  hashed(key, parts...),
	}, nil
}

func hashed(key []byte, parts ...string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("claim\x00" + strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}
