package tracking

import (
	"context"
	"strconv"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/web"
)

// packagesView is the page /account/packages.
type packagesView struct {
	page.Form
	Lines         []packageLine
	Number, Label page.Input // of the form that adds one
}

// packageLine is a package kept in the account.
type packageLine struct {
	numberLink
	Typed  string // the number as the form sends it
	Label  string // the customer's own name, "" for none
	Status string
	Kind   string // of its tag
	Source string
	Text   string
	Rename page.Input
}

func (t *Tracking) showPackages(ctx context.Context, v *web.Visit) (web.Answer, error) {
	return t.packagesPage(ctx, v, v.Form, 0)
}

func (t *Tracking) packagesPage(ctx context.Context, v *web.Visit, form page.Form, status int) (web.Answer, error) {
	all, err := t.kept(ctx)
	if err != nil {
		return web.Answer{}, err
	}
	return packagesPage(v, all, form, status), nil
}

func packagesPage(v *web.Visit, all []kept, form page.Form, status int) web.Answer {
	view := packagesView{Form: form,
		Number: form.Input(page.Input{Name: "number", Label: "tracking.number", Hint: "tracking.number.hint", Autocomplete: "off", Verbatim: true}),
		Label:  form.Input(page.Input{Name: "label", Label: "tracking.label", Hint: "tracking.label.hint", Autocomplete: "off", Optional: true})}
	for i, k := range all {
		line := packageLine{numberLink: link(k.Number), Typed: k.Number, Label: k.Label, Text: locale.Text(v.Lang, "tracking.unknown")}
		own := page.Form{Values: map[string][]string{"label": {k.Label}}, Prefix: "p" + strconv.Itoa(i) + "-"}
		line.Rename = own.Input(page.Input{Name: "label", Label: "tracking.label", Autocomplete: "off", Optional: true})
		if k.silent {
			line.Text = locale.Text(v.Lang, "fault.unavailable.title")
		}
		if k.parcel != nil {
			line.Status, line.Kind, line.Text = statusName(v.Lang, k.parcel.Status), kinds[k.parcel.Status], k.parcel.Summary(v.Lang)
			line.Source = sourceName(v.Lang, k.parcel)
		}
		view.Lines = append(view.Lines, line)
	}
	return web.Answer{Template: "packages", Title: "tracking.packages.title", View: view, Form: form, Status: status}
}

// takePackages keeps a package, names one anew, or keeps one no longer.
func (t *Tracking) takePackages(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	var err error
	switch {
	case get("remove") != "":
		if _, err = t.remove(ctx, &RemoveRequest{Number: get("remove")}); fault.Code(err) == "not_found" {
			err = nil // it is gone already
		}
	case get("number") == "":
		err = fault.Fields([]fault.Field{{Location: "body.number", Code: "validation.required"}})
	default:
		_, err = t.keep(ctx, "body.number", get("number"), get("label"))
	}
	if err == nil && v.Form.Next != "" {
		return web.See(v.Form.Next), nil
	}
	if err == nil {
		return web.See("/account/packages"), nil
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	return t.packagesPage(ctx, v, form, status)
}
