package usps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/zip"
)

// longest is as much of an answer as is read, in bytes.
const longest = 64 << 10

// found is what the API knows of an address.
type found struct {
	missing   bool // no such address
	ambiguous bool // several such addresses, or too little to tell
	address   address.Address
	dpv       string // Y, D, S, N or empty: the delivery point validation
	route     string // of the carrier
	codes     []string
}

// answer is the part of the API's answers that counts here, good ones and refusals.
type answer struct {
	Address struct {
		StreetAddress, SecondaryAddress, Urbanization, City, State, ZIPCode, ZIPPlus4 string
	}
	AdditionalInfo struct{ DPVConfirmation, CarrierRoute string }
	Corrections    []struct{ Code string }
	Error          struct {
		Message string
		Errors  []struct{ Code string }
	}
}

// fetch asks the API; a token that it does not take any more is replaced once.
func (c *Client) fetch(ctx context.Context, question address.Address) (found, error) {
	for again := false; ; again = true {
		bearer, err := c.bearer(ctx)
		if err != nil {
			return found{}, err
		}
		status, a, err := c.get(ctx, question, bearer)
		switch {
		case err != nil:
			return found{}, err
		case status == http.StatusUnauthorized && !again:
			c.forget(bearer)
		case status == http.StatusOK:
			return known(a)
		case status == http.StatusNotFound, status == http.StatusBadRequest:
			return unknown(status, a)
		default:
			return found{}, fmt.Errorf("usps: address answered %d", status)
		}
	}
}

func (c *Client) get(ctx context.Context, question address.Address, bearer string) (int, answer, error) {
	query := url.Values{}
	for name, value := range map[string]string{"streetAddress": question.Street, "secondaryAddress": question.Secondary,
		"urbanization": question.Urbanization, "city": question.City, "state": question.State, "ZIPCode": question.Zip,
		"ZIPPlus4": question.Zip4} {
		if value != "" {
			query.Set(name, value)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.Origin+"/addresses/v3/address?"+query.Encode(), nil)
	if err != nil {
		return 0, answer{}, errors.New("usps: the origin is no URL")
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	var a answer
	status, err := c.do(req, &a)
	return status, a, err
}

// do sends a request and decodes the JSON of its answer where the status says that there is one to read. A 429 is a
// pausedError. No error holds the URL: it has the address in it.
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

// known reads a good answer. One without a whole address is no answer.
func known(a answer) (found, error) {
	f := found{dpv: a.AdditionalInfo.DPVConfirmation, route: a.AdditionalInfo.CarrierRoute, address: address.Address{
		Street: a.Address.StreetAddress, Secondary: a.Address.SecondaryAddress, Urbanization: a.Address.Urbanization,
		City: a.Address.City, State: a.Address.State, Zip: a.Address.ZIPCode, Zip4: a.Address.ZIPPlus4}}
	for _, field := range []*string{&f.address.Street, &f.address.Secondary, &f.address.Urbanization, &f.address.City, &f.address.State} {
		*field = strings.ToUpper(strings.TrimSpace(*field))
	}
	for _, c := range a.Corrections {
		f.codes = append(f.codes, c.Code)
	}
	_, state := zip.ParseState(f.address.State)
	if !state || f.address.City == "" || !fiveDigits.MatchString(f.address.Zip) || len(address.Check("", f.address.Entry())) > 0 {
		return found{}, errors.New("usps: an answer without a whole address")
	}
	return f, nil
}

// The codes of refusals that tell of the address. Other 400s are ours to mend.
var aboutAddress = map[string]found{
	"010001": {missing: true}, "010002": {missing: true}, "010003": {missing: true}, "010004": {missing: true},
	"010005": {missing: true}, "010006": {ambiguous: true},
}

// unknown reads a refusal. A 404 without a code tells by its message alone what it is.
func unknown(status int, a answer) (found, error) {
	for _, e := range a.Error.Errors {
		if f, ok := aboutAddress[e.Code]; ok {
			return f, nil
		}
	}
	message := strings.ToLower(a.Error.Message)
	switch {
	case status == http.StatusBadRequest:
		return found{}, errors.New("usps: address answered 400")
	case strings.Contains(message, "more than one"), strings.Contains(message, "insufficient"):
		return found{ambiguous: true}, nil
	}
	return found{missing: true}, nil
}
