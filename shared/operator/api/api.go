// Package api calls the operator's own API: with an access token, within the hour's quota, and not while it fails. The
// adapters of its descriptions stand on it, each beside the interface that it serves.
package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// The defaults. Quota is what the operator grants a new application; the token's requests count too. It holds for one
// process: who runs several gives each its share, and what they overdraw together is answered 429 and waited for.
const (
	Origin  = "https://apis.usps.com"
	Quota   = 60 // calls an hour
	Timeout = 2 * time.Second
)

// longest is as much of an answer as is read, in bytes.
const longest = 256 << 10

// Config is what a Client needs. Only Credentials has no default.
type Config struct {
	Origin      string                                // without a path
	Scope       string                                // of the token; the adapter says it
	Credentials func(context.Context) (string, error) // "ID:SECRET" of the operator's application, asked for with each token
	HTTP        *http.Client
	Now         func() time.Time
	Quota       int           // calls an hour
	Timeout     time.Duration // for one question, the token included
	Failed      func(error)   // told why the API was not asked or did not answer; never with anything of the question
}

// Defaults fills in what is left out.
func (cfg Config) Defaults() Config {
	cfg.Origin = cmp.Or(cfg.Origin, Origin)
	cfg.Quota = cmp.Or(cfg.Quota, Quota)
	cfg.Timeout = cmp.Or(cfg.Timeout, Timeout)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Failed == nil {
		cfg.Failed = func(error) {}
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{}
	}
	return cfg
}

// Client asks the API. It is safe for concurrent use; New makes it.
type Client struct {
	cfg   Config
	guard guard

	flight singleflight.Group
	mu     sync.Mutex
	token  token
}

// New answers a client. It connects to nothing yet.
func New(cfg Config) *Client {
	cfg = cfg.Defaults()
	client := *cfg.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // neither question nor token goes elsewhere
	cfg.HTTP = &client
	return &Client{cfg: cfg, guard: guard{quota: cfg.Quota}}
}

// Ask gets the path with the query and decodes the answer. Read hears the status, 200, 400 or 404, and says what is wrong
// with the answer, which then counts as a failure. What fails is answered, with nothing of the question in it.
func (c *Client) Ask(ctx context.Context, path string, query url.Values, into any, read func(status int) error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("usps: not asked: %w", ctx.Err())
	}
	if err := c.guard.enter(c.cfg.Now()); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	begun := time.Now()
	err := c.fetch(limited, path, query, into, read)
	var paused *pausedError
	switch {
	case err == nil:
		c.guard.succeeded()
	case errors.As(err, &paused):
		c.guard.pause(c.cfg.Now().Add(paused.wait))
	case errors.Is(err, errQuota), errors.Is(ctx.Err(), context.Canceled): // the API is not to blame
	case ctx.Err() != nil && time.Since(begun) < c.cfg.Timeout/2: // nor is it when those asked before it took the caller's time
	default:
		c.guard.failed(c.cfg.Now())
	}
	return err
}

// fetch asks; a token that the API does not take any more is replaced once.
func (c *Client) fetch(ctx context.Context, path string, query url.Values, into any, read func(status int) error) error {
	for again := false; ; again = true {
		bearer, err := c.bearer(ctx)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.Origin+path+"?"+query.Encode(), nil)
		if err != nil {
			return errors.New("usps: the origin is no URL")
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
		status, err := c.do(req, into)
		switch {
		case err != nil:
			return err
		case status == http.StatusUnauthorized && !again:
			c.forget(bearer)
		case status == http.StatusOK, status == http.StatusBadRequest, status == http.StatusNotFound:
			return read(status)
		default:
			return fmt.Errorf("usps: %s answered %d", c.cfg.Scope, status)
		}
	}
}

// do sends a request and decodes the JSON of its answer where the status says that there is one to read. A 429 is a
// pausedError. No error holds the URL: it has the question in it.
func (c *Client) do(req *http.Request, into any) (int, error) {
	if err := c.guard.spend(c.cfg.Now()); err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.cfg.HTTP.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return 0, fmt.Errorf("usps: no answer: %w", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return 0, &pausedError{retryAfter(resp.Header.Get("Retry-After"), c.cfg.Now())}
	case http.StatusOK, http.StatusBadRequest, http.StatusNotFound:
		if err := json.NewDecoder(io.LimitReader(resp.Body, longest)).Decode(into); err != nil {
			return 0, fmt.Errorf("usps: an answer %d that cannot be read", resp.StatusCode)
		}
	}
	return resp.StatusCode, nil
}

// retryAfter reads the header, seconds or a time; a minute when it says nothing.
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Minute
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, time.Second), longestPause)
}
