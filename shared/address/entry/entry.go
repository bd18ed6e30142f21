// Package entry is how an address that a person types becomes one that may be used, the same wherever one is asked for.
package entry

import (
	"context"
	"net/url"
	"time"

	"postkontor/shared/address"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// limit is of a caller's address, for all functions together.
var limit = web.Rule{Purpose: "address", Max: 30, Window: time.Minute}

// Desk is where a function has addresses verified.
type Desk struct {
	App       *web.App
	Addresses address.Verifier
	Tokens    *address.Tokens
}

// Verify verifies an address, within the caller's limit, and answers its token when it may be used, "" when it may not. What
// cannot be an address at all is refused, field by field of body.
func (d Desk) Verify(ctx context.Context, e address.Entry) (address.Result, string, error) {
	if err := fault.Fields(address.Check("body", e)); err != nil {
		return address.Result{}, "", err
	}
	if err := d.App.Limit(ctx, limit); err != nil {
		return address.Result{}, "", err
	}
	result, err := d.Addresses.Verify(ctx, e)
	if err != nil || !result.Usable() {
		return result, "", err
	}
	token, err := d.Tokens.Sign(ctx, result)
	return result, token, err
}

// Usable is Verify that also refuses what may not be used.
func (d Desk) Usable(ctx context.Context, e address.Entry) (address.Result, string, error) {
	result, token, err := d.Verify(ctx, e)
	if err == nil && token == "" {
		err = result.Refusal("body")
	}
	return result, token, err
}

// Typed answers what was typed into the fields of page.Form.Address.
func Typed(form url.Values) address.Entry {
	return address.Entry{Street: form.Get("street"), Secondary: form.Get("secondary"), Urbanization: form.Get("urbanization"),
		City: form.Get("city"), State: form.Get("state"), Zip: form.Get("zip")}
}

// Differs reports whether a usable address has to be shown to the person who typed it, before it is used.
func Differs(r address.Result) bool { return r.Status != address.Verified || len(r.Warnings) > 0 }

// Suggestion shows a usable address beside what was typed.
func Suggestion(lang locale.Tag, typed address.Entry, r address.Result) page.Suggestion {
	shown := page.Suggestion{Typed: typed.Lines(), Suggested: address.Lines(r.Address),
		Limit: page.Alert{Kind: "info", Text: locale.Text(lang, "signup.confirm.level."+string(r.Level))}}
	for _, w := range r.Warnings {
		shown.Warnings = append(shown.Warnings, page.Alert{Kind: "warning", Text: locale.Text(lang, "address.warning."+w.Code)})
	}
	return shown
}
