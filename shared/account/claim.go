package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

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

func (c claim) String() string { return c.Address + c.Person }

// settle decides where an account stands that becomes active, for the first time or again: active with its claim, or
// flagged when another account holds that; who was released for it needs none. The operations make sure that it is still
// so in the transaction that says it; a failed condition means: decide anew.
func (s *Store) settle(ctx context.Context, p *profile) (Status, []table.Op, error) {
	claim, err := s.claimOf(ctx, &p.Account)
	if err != nil {
		return "", nil, err
	}
	if p.ReleasedFor != nil && *p.ReleasedFor == claim {
		return Active, nil, nil
	}
	holder, version, err := s.holder(ctx, claim)
	if err != nil {
		return "", nil, fmt.Errorf("reading the claim of %s: %w", p.ID, err)
	}
	if holder != "" && holder != p.ID {
		p.Claim = nil
		return Flagged, nil, nil
	}
	p.Claim, p.ClaimAt, p.Challenges = &claim, nil, ""
	if holder != "" {
		return Active, []table.Op{{Verb: table.OpCheck, Table: Definition.Name, Item: table.Item{Key: claim.key(), Version: version}}}, nil
	}
	op, err := create(claim.key(), claimed{Account: p.ID}, time.Time{})
	return Active, []table.Op{op}, err
}

// holder answers the account that holds a claim, "" for nobody, and the version of its item.
func (s *Store) holder(ctx context.Context, c claim) (string, int64, error) {
	item, found, err := s.accounts().Get(ctx, c.key(), true)
	if err != nil || !found {
		return "", 0, err
	}
	var held claimed
	err = item.Decode(&held)
	return held.Account, item.Version, err
}

// claimOf answers the claim of an account's person at its address: first and last name and suffix folded like answers,
// for a business also the company. The ZIP Code stands for the city, which has several names.
func (s *Store) claimOf(ctx context.Context, a *Account) (claim, error) {
	key, _, err := s.Decoy.Bytes(ctx, "")
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
