package usps

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"postkontor/shared/address"
	"postkontor/shared/zip"
)

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

// fetch asks the API.
func (c *Client) fetch(ctx context.Context, question address.Address) (f found, err error) {
	query := url.Values{}
	for name, value := range map[string]string{"streetAddress": question.Street, "secondaryAddress": question.Secondary,
		"urbanization": question.Urbanization, "city": question.City, "state": question.State, "ZIPCode": question.Zip,
		"ZIPPlus4": question.Zip4} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var a answer
	err = c.api.Ask(ctx, "/addresses/v3/address", query, &a, func(status int) (err error) {
		if status == http.StatusOK {
			f, err = known(a)
		} else {
			f, err = unknown(status, a)
		}
		return err
	})
	return f, err
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
