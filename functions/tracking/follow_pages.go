package tracking

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"postkontor/shared/barcode"
	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/message"
	"postkontor/shared/page"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/web"
)

// followView is the way to follow a parcel, on its page.
type followView struct {
	Number           string // as the form sends it
	Followed         bool
	Channels, Events page.Choice
	Open             bool // what was chosen was refused
}

// usually is what is offered to who does not follow yet.
var usually = &follow.Subscription{Channels: []message.Channel{message.Email},
	Events: []parcel.Status{parcel.OutForDelivery, parcel.Delivered, parcel.AvailableForPickup, parcel.Alert, parcel.Returned}}

// following is how the reader, who is logged in, follows a parcel or can.
func (t *Tracking) following(ctx context.Context, v *web.Visit, number string) (*followView, error) {
	there, err := t.Follow.Get(ctx, v.Session.Account, number)
	return followOf(v.Lang, v.Form, number, there), err
}

// followOf shows what the account follows, nil for nothing, or what was chosen and refused.
func followOf(lang locale.Tag, form page.Form, number string, there *follow.Subscription) *followView {
	view := &followView{Number: number, Followed: there != nil, Open: form.Failed()}
	if there == nil {
		there = usually
	}
	if !view.Open {
		form = page.Form{Values: url.Values{}}
		for _, channel := range there.Channels {
			form.Values.Add("channels", string(channel))
		}
		for _, status := range there.Events {
			form.Values.Add("events", string(status))
		}
	}
	how := page.Choice{Name: "channels", Label: "tracking.follow.channels"}
	for _, channel := range channels {
		how.Options = append(how.Options, page.Option{Value: string(channel), Text: locale.Text(lang, "tracking.follow."+string(channel))})
	}
	what := page.Choice{Name: "events", Label: "tracking.follow.events", Hint: "tracking.follow.intro"}
	for _, status := range statuses {
		what.Options = append(what.Options, page.Option{Value: string(status), Text: statusName(lang, status)})
	}
	view.Channels, view.Events = form.Choice(how), form.Choice(what)
	return view
}

// takeFollow follows a parcel, changes what is told of it, or stops that.
func (t *Tracking) takeFollow(ctx context.Context, v *web.Visit) (web.Answer, error) {
	err := t.chosen(ctx, v.Form.Values)
	if err == nil {
		return web.See(here(v.Form.Values.Get("number"))), nil
	}
	form, status, err := v.Refused(err)
	if err != nil {
		return web.Answer{}, err
	}
	v.Form = form
	v.Form.Values.Set("numbers", form.Values.Get("number"))
	view, err := t.track(ctx, v)
	answer := trackPage(v, view, status)
	answer.Here = here(form.Values.Get("number"))
	return answer, err
}

// chosen does what a form asks for.
func (t *Tracking) chosen(ctx context.Context, values url.Values) error {
	number, problem := barcode.Parse(values.Get("number"))
	if problem != nil {
		return fault.New(fault.NotFound, "not_found") // the form has one that holds
	}
	if values.Has("stop") {
		if err := t.Follow.End(ctx, web.Session(ctx).Account, number.Canonical); fault.Code(err) != "not_found" {
			return err
		}
		return nil // it is gone already
	}
	wanted := follow.Subscription{Number: number.Canonical, Channels: among(channels, values["channels"]), Events: among(statuses, values["events"])}
	var wrong []fault.Field
	for name, empty := range map[string]bool{"channels": len(wanted.Channels) == 0, "events": len(wanted.Events) == 0} {
		if empty {
			wrong = append(wrong, fault.Field{Location: "body." + name, Code: "validation.required", Words: "tracking.follow.choose"})
		}
	}
	if len(wrong) > 0 {
		return fault.Fields(wrong)
	}
	return t.follow(ctx, wanted)
}

// among answers those of all that were ticked.
func among[T ~string](all []T, ticked []string) (some []T) {
	for _, one := range all {
		if slices.Contains(ticked, string(one)) {
			some = append(some, one)
		}
	}
	return some
}

// unsubscribeView is the page of the link that ends a subscription.
type unsubscribeView struct {
	Number, Token string
	Said          page.Alert // what was done, or what is wrong with the link
	Href          string     // of the parcel's page
}

// oneClick is the field by which a mail program asks to unsubscribe at once (RFC 8058 §3.1).
const oneClick = "List-Unsubscribe"

// showUnsubscribe is GET /unsubscribe?t=, which only shows a button: mail scanners follow links.
func (t *Tracking) showUnsubscribe(ctx context.Context, v *web.Visit) (web.Answer, error) {
	token := v.URL.Query().Get("t")
	_, number, err := t.Follow.Open(ctx, token)
	if err != nil {
		return notUnsubscribed(v.Lang, err)
	}
	return unsubscribePage(v.Lang, number, token, v.Form.Values.Has("done")), nil
}

// takeUnsubscribe is the page's button, or the mail program, which is not sent on (RFC 8058 §3.1).
func (t *Tracking) takeUnsubscribe(ctx context.Context, v *web.Visit) (web.Answer, error) {
	token := v.URL.Query().Get("t")
	at := "/unsubscribe?" + url.Values{"t": {token}}.Encode()
	asked, clicked := v.Form.Values.Has("stop"), v.Form.Values.Get(oneClick) == "One-Click"
	if !asked && !clicked {
		return web.See(at), nil
	}
	if err := t.Follow.Unsubscribe(ctx, token); err != nil {
		return notUnsubscribed(v.Lang, err)
	}
	if asked {
		return web.See(at + "&done=1"), nil
	}
	_, number, err := t.Follow.Open(ctx, token)
	answer := unsubscribePage(v.Lang, number, token, true)
	answer.Here = at + "&done=1"
	return answer, err
}

func unsubscribePage(lang locale.Tag, number, token string, done bool) web.Answer {
	view := unsubscribeView{Number: pretty(number), Token: token, Href: here(number)}
	if done {
		view.Said = page.Alert{Kind: "success", Title: locale.Text(lang, "tracking.unsubscribe.done"), Text: locale.Text(lang, "tracking.unsubscribe.done.text", "number", view.Number)}
	}
	return web.Answer{Template: "unsubscribe", Title: "tracking.unsubscribe.title", View: view}
}

// notUnsubscribed is the page of a token that is none.
func notUnsubscribed(lang locale.Tag, err error) (web.Answer, error) {
	if fault.Code(err) != "token_invalid" {
		return web.Answer{}, err
	}
	return web.Answer{Template: "unsubscribe", Title: "tracking.unsubscribe.title", Status: http.StatusUnprocessableEntity, View: unsubscribeView{
		Said: page.Alert{Kind: "warning", Title: locale.Text(lang, "tracking.unsubscribe.broken"), Text: locale.Text(lang, "tracking.unsubscribe.invalid")}}}, nil
}
