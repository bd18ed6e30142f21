package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// token is an access token, and when to get another one.
type token struct {
	bearer  string
	renew   time.Time
	expires time.Time
}

// bearer answers a token that is good. One that expires soon is renewed, by one caller for all; when that fails the
// old one serves to its end.
func (c *Client) bearer(ctx context.Context) (string, error) {
	c.mu.Lock()
	t := c.token
	c.mu.Unlock()
	now := c.cfg.Now()
	if now.Before(t.renew) {
		return t.bearer, nil
	}
	fetched := c.flight.DoChan("token", func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Timeout)
		defer cancel()
		return c.login(own)
	})
	select {
	case r := <-fetched:
		if r.Err == nil {
			return r.Val.(string), nil
		}
		if now.Before(t.expires) {
			return t.bearer, nil
		}
		return "", r.Err
	case <-ctx.Done():
		return "", fmt.Errorf("usps: waiting for a token: %w", ctx.Err())
	}
}

// login gets a token by client credentials (RFC 6749 §4.4) and keeps it.
func (c *Client) login(ctx context.Context) (string, error) {
	credentials, err := c.cfg.Credentials(ctx)
	if err != nil {
		return "", fmt.Errorf("usps: the credentials: %w", err)
	}
	id, secret, _ := strings.Cut(credentials, ":")
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {c.cfg.Scope}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.Origin+"/oauth2/v3/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", errors.New("usps: the origin is no URL")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var granted struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"` // seconds; some servers quote it
	}
	status, err := c.do(req, &granted)
	if err != nil {
		return "", err
	}
	seconds, err := granted.ExpiresIn.Int64()
	if status != http.StatusOK || granted.AccessToken == "" || err != nil {
		return "", fmt.Errorf("usps: the token endpoint answered %d without a token", status)
	}
	now, life := c.cfg.Now(), time.Duration(seconds)*time.Second
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = token{granted.AccessToken, now.Add(life - min(5*time.Minute, life/10)), now.Add(life)}
	return granted.AccessToken, nil
}

// forget drops a token that the API does not take.
func (c *Client) forget(bearer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token.bearer == bearer {
		c.token = token{}
	}
}
