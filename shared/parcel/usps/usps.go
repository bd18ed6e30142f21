// Package usps tells where parcels are by the operator's live API (Tracking 3.2). What that does not tell, because it is
// not known there or cannot be asked now, the product's own store tells; each parcel's source says who did.
package usps

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"postkontor/shared/barcode"
	"postkontor/shared/operator/api"
	"postkontor/shared/parcel"
)

// How long and how many answers are kept, and how many questions are asked at the same time: the API has no operation for
// several parcels.
const (
	cacheLife   = 10 * time.Minute
	settledLife = 6 * time.Hour // of parcels whose story has ended
	cacheSize   = 512
	atOnce      = 8
)

// Client asks the live API. It is safe for concurrent use; New makes it.
type Client struct {
	cfg   api.Config
	api   *api.Client
	store *parcel.Store
	cache api.Cache[string, *parcel.Parcel] // nil: the API does not know the number
}

// New answers a client that has the store behind it. It connects to nothing yet.
func New(cfg api.Config, store *parcel.Store) *Client {
	cfg.Scope = "tracking"
	cfg = cfg.Defaults()
	return &Client{cfg: cfg, api: api.New(cfg), store: store, cache: api.Cache[string, *parcel.Parcel]{Size: cacheSize}}
}

// Look answers the parcels that are known, by their numbers: canonical, distinct, up to 100. The API has Config.Timeout for
// all of them. What it does not tell is one call to the store. A number that nobody knows, and that the API could not be
// asked for, is there with nil. The parcels are not to be changed.
func (c *Client) Look(ctx context.Context, numbers []string) (map[string]*parcel.Parcel, error) {
	found, unasked := c.ask(ctx, numbers)
	var rest []string
	for _, number := range numbers {
		if found[number] == nil {
			rest = append(rest, number)
		}
	}
	kept, err := c.store.Look(ctx, rest)
	if err != nil {
		return nil, err
	}
	maps.Copy(found, kept)
	for _, number := range unasked {
		if found[number] == nil {
			found[number] = nil
		}
	}
	return found, nil
}

// ask answers what the API tells, and the numbers that it could not be asked for. Only numbers that hold leave the house.
func (c *Client) ask(ctx context.Context, numbers []string) (found map[string]*parcel.Parcel, unasked []string) {
	limited, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	found = map[string]*parcel.Parcel{}
	var lock sync.Mutex
	var first error
	var asking errgroup.Group
	asking.SetLimit(atOnce)
	for _, canonical := range numbers {
		number, problem := barcode.Parse(canonical)
		if problem != nil {
			continue
		}
		asking.Go(func() error {
			p, err := c.one(limited, number)
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err != nil:
				unasked = append(unasked, canonical)
				if first == nil {
					first = err
				}
			case p != nil:
				found[canonical] = p
			}
			return nil
		})
	}
	_ = asking.Wait() // each keeps its own error
	if first != nil {
		c.cfg.Failed(fmt.Errorf("tracking, %d of %d numbers: %w", len(unasked), len(numbers), first))
	}
	return found, unasked
}

// one asks the cache, and then the API; nil: it does not know the number.
func (c *Client) one(ctx context.Context, number barcode.Number) (p *parcel.Parcel, err error) {
	now := c.cfg.Now()
	if p, ok := c.cache.Get(number.Canonical, now); ok {
		return p, nil
	}
	var a answer
	err = c.api.Ask(ctx, "/tracking/v3/tracking/"+number.Canonical, url.Values{"expand": {"DETAIL"}}, &a, func(status int) (err error) {
		switch {
		case status == http.StatusOK:
			p, err = a.parcel(number, now)
		case status == http.StatusBadRequest && !a.aboutNumber():
			c.cfg.Failed(fmt.Errorf("usps: tracking answered %d for a number that holds", status)) // one number's fault, not the API's
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	life := cacheLife
	if p != nil && (p.Status == parcel.Delivered || p.Status == parcel.Returned) {
		life = settledLife
	}
	c.cache.Put(number.Canonical, p, now.Add(life))
	return p, nil
}
