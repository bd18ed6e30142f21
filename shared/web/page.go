package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/table"
)

// Visit is one request to a page.
type Visit struct {
	*http.Request
	Lang    locale.Tag
	Session *session.Session // who is signed in, nil for nobody
	Form    page.Form        // what was posted, of a GET its query
	w       http.ResponseWriter
}

// SetCookie sets a cookie as the function SetCookie does.
func (v *Visit) SetCookie(name, value string, age time.Duration) { SetCookie(v.w, name, value, age) }

// PickLanguage makes a language the browser's from now on.
func (v *Visit) PickLanguage(lang locale.Tag) {
	v.Lang = lang
	requestOf(v.Context()).lang = lang
	v.SetCookie(languageCookie, string(lang), 365*24*time.Hour)
}

// SignIn hands a session's token to the browser.
func (v *Visit) SignIn(token string) { SignIn(v.w, token) }

// Devices are the device tokens that this browser keeps, apart by "~".
func (v *Visit) Devices() string {
	cookie, err := v.Cookie(deviceCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// KeepDevice adds a device token to those that the browser keeps for a year: one an account, of the last few accounts.
func (v *Visit) KeepDevice(token string) {
	if token == "" {
		return
	}
	kept := []string{token}
	for _, other := range strings.Split(v.Devices(), "~") {
		if len(other) > deviceOwner && other[:deviceOwner] != token[:deviceOwner] && len(kept) < mostDevices {
			kept = append(kept, other)
		}
	}
	v.SetCookie(deviceCookie, strings.Join(kept, "~"), 365*24*time.Hour)
}

// SignOut takes the token from the browser.
func (v *Visit) SignOut() { SignOut(v.w) }

// Answer is what a page answers: a template with its view, or the way to another page.
type Answer struct {
	Template string
	Title    string // key of the catalogue
	About    string // the one of many that the page is about, before the title; as text
	View     any
	Form     page.Form // the form in the view, for the title and the status
	Status   int       // default 200
	Redirect string    // a path of this site, answered 303
	Connect  []string  // origins elsewhere that the page's script speaks with
	Stuck    string    // where somebody may find no way on: the topic to call about
	Here     string    // where this page is found again; "": at the address that was asked for
}

// See answers the way to another page of this site.
func See(path string) Answer { return Answer{Redirect: path} }

// Page adds a page, "GET /login" or "POST /login". What run refuses becomes an error page; a form shown again with what
// is wrong in it is the answer of Visit.Refused.
func (a *App) Page(pattern string, access Access, run func(context.Context, *Visit) (Answer, error)) {
	a.handle(pattern, func(w http.ResponseWriter, r *http.Request) {
		answer, err := a.visit(w, r, access, run)
		if err == nil {
			err = a.show(w, r, answer)
		}
		if err != nil {
			a.Fail(w, r, err)
		}
	})
}

func (a *App) visit(w http.ResponseWriter, r *http.Request, access Access, run func(context.Context, *Visit) (Answer, error)) (Answer, error) {
	values, err := formValues(r)
	if err != nil {
		return Answer{}, err
	}
	if err := a.authorize(r, access); err != nil {
		return Answer{}, err
	}
	if err := a.picked(w, r); err != nil {
		return Answer{}, err
	}
	q := requestOf(r.Context())
	return run(r.Context(), &Visit{Request: r, Lang: q.lang, Session: q.session, w: w,
		Form: page.Form{Values: values, Next: localPath(values.Get("next"))}})
}

// picked keeps the language that this visit picked: in the browser, and for the rest of the session.
func (a *App) picked(w http.ResponseWriter, r *http.Request) error {
	q := requestOf(r.Context())
	if !q.chosen {
		return nil
	}
	SetCookie(w, languageCookie, string(q.lang), 365*24*time.Hour)
	if q.session == nil || q.session.Language == q.lang {
		return nil
	}
	q.session.Language = q.lang
	return ignoreCondition(a.Sessions.Save(r.Context(), q.session))
}

// formValues are a GET's query and a POST's form, as text.
func formValues(r *http.Request) (url.Values, error) {
	all := r.URL.Query()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		parse := r.ParseForm
		switch {
		case kind == "multipart/form-data" && r.ContentLength > 0: // as mail programs unsubscribe (RFC 8058 §3.2)
			parse = func() error { return r.ParseMultipartForm(MaxBody) }
		case kind != "application/x-www-form-urlencoded" && r.ContentLength > 0:
			return nil, fault.New(fault.MediaType, "media_type")
		}
		if err := parse(); err != nil {
			return nil, &fault.Error{Kind: fault.BodyInvalid, Code: "body_invalid", Err: errors.New("the form cannot be parsed")}
		}
		all = r.PostForm
	}
	for _, values := range all {
		for i := range values { // %FF is no text
			values[i] = strings.ToValidUTF8(values[i], "\uFFFD")
		}
	}
	return all, nil
}

// localPath answers a path of this site, "" for everything that leads elsewhere.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") {
		return ""
	}
	return next
}

// Refused answers the form again with what err refuses in it; what the person cannot mend in this form stays err, unless it
// names the ways that stay open, which stand beside the form.
func (v *Visit) Refused(err error) (page.Form, int, error) {
	f := refusal(err)
	_, ways := f.Members["ways"]
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Limited, fault.Unavailable, fault.Unauthorized:
	default:
		if !ways {
			return v.Form, 0, err
		}
	}
	if errors.Is(err, session.ErrNone) {
		return v.Form, 0, err
	}
	q := requestOf(v.Context())
	q.fault, q.cause = f.Code, f.Err
	form := v.Form
	for _, field := range f.Fields {
		form.Errors = append(form.Errors, page.Error{Name: strings.TrimPrefix(strings.TrimPrefix(field.Location, "body."), "query."), Message: FieldText(v.Lang, field)})
	}
	form.Stuck = stuck[f.Code]
	form.Suggestions, _ = f.Members["suggestions"].([]string)
	if len(form.Errors) == 0 {
		p := problem(v.Context(), err)
		form.Problem = locale.Text(v.Lang, "web.problem", "title", p.Title, "detail", p.Detail)
		if p.retry > 0 {
			v.w.Header().Set("Retry-After", p.GetHeaders().Get("Retry-After"))
		}
	}
	return form, statuses[f.Kind], nil
}

func ignoreCondition(err error) error {
	if errors.Is(err, table.ErrCondition) {
		return nil
	}
	return err
}

func (a *App) show(w http.ResponseWriter, r *http.Request, answer Answer) error {
	if answer.Redirect != "" {
		w.Header().Set("Location", answer.Redirect)
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	if len(answer.Connect) > 0 {
		own := "connect-src 'self'"
		w.Header().Set("Content-Security-Policy", strings.Replace(contentPolicy, own, own+" "+strings.TrimSpace(strings.Join(answer.Connect, " ")), 1))
	}
	frame := a.frame(r)
	frame.Path = cmp.Or(answer.Here, frame.Path)
	frame.Title, frame.Failed = locale.Text(frame.Lang, answer.Title), answer.Form.Failed()
	if answer.About != "" {
		frame.Title = answer.About + " · " + frame.Title
	}
	if topic := cmp.Or(answer.Form.Stuck, answer.Stuck); topic != "" && !frame.Desk {
		frame.Call = page.CallOf(a.Operator, topic, frame.Lang)
	}
	return write(w, a.Pages, answer.Template, frame, answer.View, answer.Status)
}

func (a *App) frame(r *http.Request) page.Frame {
	q := requestOf(r.Context())
	f := page.Frame{Lang: q.lang, Path: pathWithoutLanguage(r.URL), Operator: a.Operator, Mailbox: a.Mailbox}
	if q.session != nil {
		f.User, f.Full = q.session.Username, q.session.Scope == session.Full
	}
	if f.Desk = isDesk(r.URL.Path); q.acting != nil {
		f.User = q.acting.Name
		for _, p := range a.Places {
			if q.acting.Has(p.Access.Roles...) {
				f.Places = append(f.Places, p.Link)
			}
		}
	}
	return f
}

func pathWithoutLanguage(u *url.URL) string {
	query := u.Query()
	query.Del("lang")
	return (&url.URL{Path: u.Path, RawQuery: query.Encode()}).String()
}

// write renders before anything is sent, so that a page is whole or not there.
func write(w http.ResponseWriter, set *page.Set, name string, frame page.Frame, view any, status int) error {
	var body bytes.Buffer
	if err := set.Render(&body, name, frame, view); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	return err
}

// Fail answers an error as the path's readers expect it: a problem document, a page, or the way to the login.
func (a *App) Fail(w http.ResponseWriter, r *http.Request, err error) {
	a.greet(r)
	p := problem(r.Context(), err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	if isAPI(r.URL.Path) {
		writeProblem(w, p)
		return
	}
	if way := wayOut(p.Code, r.URL); way != "" && !isDesk(r.URL.Path) {
		w.Header().Set("Location", way)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	if failed := a.picked(w, r); failed != nil {
		requestOf(r.Context()).cause = errors.Join(requestOf(r.Context()).cause, failed)
	}
	frame := a.frame(r)
	frame.Title = p.Title
	if !isDesk(r.URL.Path) {
		frame.Call = page.CallOf(a.Operator, cmp.Or(stuck[p.Code], operator.Other), frame.Lang)
	}
	view := page.Problem{Title: p.Title, Detail: p.Detail, RequestID: p.RequestID}
	if err := write(w, a.errors, "error", frame, view, p.Status); err != nil {
		requestOf(r.Context()).cause = errors.Join(requestOf(r.Context()).cause, err)
		http.Error(w, p.Title, p.Status)
	}
}

// stuck are the refusals after which a person may find no way on, with the topic to call about.
var stuck = map[string]string{"login_locked": "account", "password_disabled": "account", "way_closed": "account", "claim_held": "account",
	"address_unverified": "account", "email_unproved": "account", "limit_reached": "supplies", "quantity_over_limit": "supplies", "item_unavailable": "supplies", "order_packed": "supplies", "unavailable": operator.Other}

// wayOut is the page on which a person can mend a refusal that has one.
func wayOut(code string, from *url.URL) string {
	query := url.Values{"next": {pathWithoutLanguage(from)}}
	switch code {
	case "login_again":
		query.Set("why", "again")
		fallthrough
	case "login_required":
		return "/login?" + query.Encode()
	case "scope_insufficient":
		return "/account"
	}
	return ""
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"type":"urn:postkontor:internal","status":500,"code":"internal"}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the caller is gone when this fails
}
