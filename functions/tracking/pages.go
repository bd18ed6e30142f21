package tracking

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/web"
)

// trackView is the page /track: empty, with one number, or with several.
type trackView struct {
	page.Form
	Numbers page.Input
	Meant   *numberLink // the number that was likely meant by the one that does not hold
	Unknown *unknownView
	Parcel  *parcelView
	Lines   []trackLine
	Asked   bool // something was found out: the form is for more
	Count   string
}

// numberLink leads to a number's own page.
type numberLink struct{ Number, Href string }

// trackLine is one of several numbers.
type trackLine struct {
	numberLink
	Status string // in words; "" when there is no parcel
	Source string
	Kind   string // of its tag
	Text   string
	Meant  *numberLink
}

// unknownView is a number under which nothing is known.
type unknownView struct {
	Number string
	Status page.Alert
	Keep   keepView
}

// keepView is the way to keep a package in the account, and to follow it.
type keepView struct {
	Number, Here string
	Kept         bool
	Login        string // where the reader logs in first, "" for who is logged in
	Follow       *followView
}

func (t *Tracking) showTrack(ctx context.Context, v *web.Visit) (web.Answer, error) {
	if strings.TrimSpace(v.Form.Values.Get("numbers")) == "" {
		return trackPage(v, trackView{Form: v.Form}, 0), nil
	}
	view, err := t.track(ctx, v)
	if err == nil {
		return trackPage(v, view, 0), nil
	}
	form, status, err := v.Refused(err)
	view.Form = form
	return trackPage(v, view, status), err
}

// track looks the numbers up that the page was asked for. What is wrong with the only one is an error of the form.
func (t *Tracking) track(ctx context.Context, v *web.Visit) (view trackView, err error) {
	view.Form = v.Form
	if err := t.admit(ctx); err != nil {
		return view, err
	}
	numbers := split(v.Form.Values.Get("numbers"))
	if err := fewEnough("body.numbers", numbers); err != nil {
		return view, err
	}
	all, err := t.look(ctx, "body.numbers", numbers...)
	if err != nil {
		return view, err
	}
	if len(all) > 1 {
		view.Lines, view.Count = lines(v.Lang, all), locale.Text(v.Lang, "tracking.count", "n", strconv.Itoa(len(all)))
		return view, nil
	}
	one := all[0]
	switch {
	case one.reason.Reason != "":
		view.Meant = meant(one)
		return view, one.err
	case one.err != nil && one.err.Kind == fault.Unavailable:
		return view, one.err
	case one.parcel == nil:
		keep, err := t.keepable(ctx, v, one.number)
		view.Unknown = unknownOf(v.Lang, one.number, keep)
		return view, err
	}
	view.Parcel = parcelOf(v.Lang, one.parcel, v.Form.Values.Has("all"))
	view.Parcel.Share = t.Edge.Origin.String() + here(one.number)
	view.Parcel.Keep, err = t.keepable(ctx, v, one.number)
	return view, err
}

func unknownOf(lang locale.Tag, number string, keep keepView) *unknownView {
	return &unknownView{Number: pretty(number), Keep: keep, Status: page.Alert{Kind: "info",
		Title: locale.Text(lang, "tracking.unknown"), Text: locale.Text(lang, "tracking.unknown.why")}}
}

// keepable is how the reader can keep a package and follow it: who may do everything at once, others after a login.
func (t *Tracking) keepable(ctx context.Context, v *web.Visit, number string) (keepView, error) {
	view := keepView{Number: number, Here: here(number)}
	if v.Session == nil || v.Session.Scope != session.Full {
		view.Login = "/login?next=" + url.QueryEscape(view.Here)
		return view, nil
	}
	there, err := t.Saved.Get(ctx, v.Session.Account, number)
	if err != nil {
		return view, err
	}
	view.Kept = there != nil
	view.Follow, err = t.following(ctx, v, number)
	return view, err
}

func trackPage(v *web.Visit, view trackView, status int) web.Answer {
	view.Numbers = view.Form.Input(page.Input{Name: "numbers", Label: "tracking.numbers", Hint: "tracking.numbers.hint", Autocomplete: "off", Verbatim: true})
	view.Asked = view.Parcel != nil || view.Unknown != nil || len(view.Lines) > 0
	return web.Answer{Template: "track", Title: "tracking.title", View: view, Form: view.Form, Status: status}
}

// here is where a number is found on the page.
func here(number string) string { return "/track?numbers=" + url.QueryEscape(number) }

func link(number string) numberLink { return numberLink{pretty(number), here(number)} }

// pretty groups the digits of a number as the label does.
func pretty(number string) string {
	if strings.Trim(number, "0123456789") != "" {
		return number
	}
	var groups []string
	for part := range slices.Chunk([]byte(number), 4) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, " ")
}

func meant(f found) *numberLink {
	if f.reason.Suggestion == "" {
		return nil
	}
	l := link(f.reason.Suggestion)
	return &l
}

func lines(lang locale.Tag, all []found) []trackLine {
	shown := make([]trackLine, len(all))
	for i, f := range all {
		line := trackLine{numberLink: link(f.number), Meant: meant(f)}
		switch {
		case f.parcel != nil:
			line.Status, line.Kind, line.Text = statusName(lang, f.parcel.Status), kinds[f.parcel.Status], f.parcel.Summary(lang)
			line.Source = sourceName(lang, f.parcel)
		case f.reason.Reason != "":
			line.Href, line.Text = "", web.FieldText(lang, f.err.Fields[0])
		case f.err.Kind == fault.Unavailable:
			line.Text = locale.Text(lang, "fault.unavailable.title")
		default:
			line.Text = locale.Text(lang, "tracking.unknown")
		}
		shown[i] = line
	}
	return shown
}
