// Package usps verifies addresses with the operator's live API (Addresses 3.2). When it does not answer, or must not be
// asked, the shipped data answers instead, and the result's source says so.
package usps

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"postkontor/shared/address"
	"postkontor/shared/zip"
)

// The defaults. Quota is what the operator grants a new application; the token's requests count too. It holds for one
// process: who runs several gives each its share, and what they overdraw together is answered 429 and waited for.
const (
	Origin  = "https://apis.usps.com"
	Quota   = 60 // calls an hour
	Timeout = 2 * time.Second

	cacheLife = time.Hour
	cacheSize = 256
)

// Config is what a Client needs. Only Credentials has no default.
type Config struct {
	Origin      string                                // without a path
	Credentials func(context.Context) (string, error) // "ID:SECRET" of the operator's application, asked for with each token
	HTTP        *http.Client
	Now         func() time.Time
	Quota       int           // calls an hour
	Timeout     time.Duration // for one verification, the token included
	Failed      func(error)   // told why the live API was not asked or did not answer; never with anything of the address
}

// Client asks the live API. It is safe for concurrent use; New makes it.
type Client struct {
	cfg   Config
	guard guard
	cache cache

	flight singleflight.Group
	mu     sync.Mutex
	token  token
}

// New answers a client. It connects to nothing yet.
func New(cfg Config) *Client {
	cfg.Origin = cmp.Or(cfg.Origin, Origin)
	cfg.Quota = cmp.Or(cfg.Quota, Quota)
	cfg.Timeout = cmp.Or(cfg.Timeout, Timeout)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Failed == nil {
		cfg.Failed = func(error) {}
	}
	client := http.Client{}
	if cfg.HTTP != nil {
		client = *cfg.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // neither address nor token goes elsewhere
	cfg.HTTP = &client
	return &Client{cfg: cfg, guard: guard{quota: cfg.Quota}, cache: cache{entries: map[address.Address]cached{}}}
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
	if f, ok := c.cache.get(question, c.cfg.Now()); ok {
		return f, nil
	}
	if err := c.guard.enter(c.cfg.Now()); err != nil {
		return found{}, err
	}
	limited, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	f, err := c.fetch(limited, question)
	var paused *pausedError
	switch {
	case err == nil:
		c.guard.succeeded()
		c.cache.put(question, f, c.cfg.Now())
	case errors.As(err, &paused):
		c.guard.pause(c.cfg.Now().Add(paused.wait))
	case errors.Is(err, errQuota), ctx.Err() != nil: // the API is not to blame
	default:
		c.guard.failed(c.cfg.Now())
	}
	return f, err
}
