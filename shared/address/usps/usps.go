// Package usps verifies addresses with the operator's live API (Addresses 3.2). When it does not answer, or must not be
// asked, the shipped data answers instead, and the result's source says so.
package usps

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/operator/api"
	"postkontor/shared/zip"
)

// How long and how many answers are kept.
const (
	cacheLife = time.Hour
	cacheSize = 256
)

// Client asks the live API. It is safe for concurrent use; New makes it.
type Client struct {
	cfg   api.Config
	api   *api.Client
	cache api.Cache[address.Address, found]
}

// New answers a client. It connects to nothing yet.
func New(cfg api.Config) *Client {
	cfg.Scope = "addresses"
	cfg = cfg.Defaults()
	return &Client{cfg: cfg, api: api.New(cfg), cache: api.Cache[address.Address, found]{Size: cacheSize}}
}

// Verify answers what the live API knows, and what the shipped data knows when that cannot be had or when the entry is
// not worth a call: without a house number nobody finds a house. It answers no error.
func (c *Client) Verify(ctx context.Context, e address.Entry) (address.Result, error) {
	shipped, err := address.Embedded{}.Verify(ctx, e)
	question, ok := ask(e, shipped)
	if err != nil || !ok {
		return shipped, err
	}
	found, err := c.find(ctx, question)
	if err != nil {
		c.cfg.Failed(err)
		return shipped, nil
	}
	return judge(e, shipped, found), nil
}

var fiveDigits = regexp.MustCompile(`^\d{5}$`)

// ask answers the address to ask for, and whether to ask at all: the API wants a street, a state, and a city or a ZIP
// Code. The city is asked for as it was typed: the API knows all names of a city.
func ask(e address.Entry, shipped address.Result) (address.Address, bool) {
	a := shipped.Address
	for _, p := range shipped.Problems {
		if !slices.Contains([]string{address.ZipMissing, address.ZipUnknown, address.StateConflict}, p.Code) {
			return a, false
		}
	}
	for _, change := range shipped.Changes {
		if change.Field == "city" && change.From != "" {
			a.City = strings.ToUpper(change.From)
		}
	}
	_, known := zip.ParseState(a.State)
	return a, known && (a.Zip == "" && a.City != "" || fiveDigits.MatchString(a.Zip))
}

// find asks the cache, and then the API.
func (c *Client) find(ctx context.Context, question address.Address) (found, error) {
	if f, ok := c.cache.Get(question, c.cfg.Now()); ok {
		return f, nil
	}
	f, err := c.fetch(ctx, question)
	if err == nil {
		c.cache.Put(question, f, c.cfg.Now().Add(cacheLife))
	}
	return f, err
}
