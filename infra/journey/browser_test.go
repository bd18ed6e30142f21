package journey_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postkontor/infra/journey"
	"postkontor/shared/locale"
)

// tab is one tab of a real browser.
type tab struct {
	t      *testing.T
	ctx    context.Context
	origin string
	lang   locale.Tag
}

// browse starts a browser of its own, which is gone when the test is.
func browse(t *testing.T, origin string, lang locale.Tag) tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no chromium: `make packages` installs it, as root")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", string(lang)),
		chromedp.WindowSize(1280, 900))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return tab{t, ctx, origin, lang}
}

// patience is how long one thing that a person does may take, on a machine that is busy with other things.
const patience = 30 * time.Second

// do does things in the tab.
func (b tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	get(b, what, chromedp.Steps(steps...))
}

// get does one thing, and answers what comes of it.
func get[T any](b tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	return value
}

// open goes to a page of the site.
func (b tab) open(path string) {
	b.t.Helper()
	b.do("opening "+path, chromedp.Navigate(b.origin+path))
}

// fill types into the fields of the form that has a hidden or visible field as given, and sends it with its button. It
// ends where the answer leads, which has to be want.
func (b tab) fill(form string, fields url.Values, want string) {
	b.t.Helper()
	for name, values := range fields {
		in := chromedp.CSS(fmt.Sprintf(`%s [name=%q]`, form, name))
		switch {
		case name == "step" || name == "channel": // the page knows these itself
		case name == "language" || name == "type" || name == "packQuantity":
			b.do("choosing "+name, chromedp.Click(chromedp.CSS(fmt.Sprintf(`%s[value=%q] + label`, in, values[0]))))
		case strings.HasSuffix(name, ".question"):
			b.do("choosing "+name, chromedp.SetValue(in, values[0]))
		default:
			b.do("typing "+name, chromedp.Focus(in), chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`), chromedp.SendKeys(in, values[0]))
		}
	}
	b.press(form+` button.usa-button[type="submit"]`, want)
}

// press clicks a button or a link that leads to another page, and waits for it. Of want the part behind a star may be
// anything.
func (b tab) press(button, want string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(button))); err != nil {
		b.t.Fatalf("pressing %s: %v", button, err)
	}
	begin, _, open := strings.Cut(want, "*")
	if at := strings.TrimPrefix(get(b, "reading the address", chromedp.Location()), b.origin); at != want && !(open && strings.HasPrefix(at, begin)) {
		b.t.Fatalf("%s led to %s, not %s:\n%s", button, at, want, get(b, "reading the page", chromedp.Text(chromedp.CSS("main"))))
	}
}

// look inspects a page as it stands: its language, its accessibility, nothing wider than a small screen; and takes its
// picture when the environment's SCREENSHOTS names a folder.
func (b tab) look(name string) {
	b.t.Helper()
	if lang := get(b, "reading the language", chromedp.AttributeValue(chromedp.CSS("html"), "lang")).Value; lang != string(b.lang) {
		b.t.Errorf("%s is in %q, not %q", name, lang, b.lang)
	}
	for _, width := range []int64{1280, 360} {
		b.do("resizing "+name, chromedp.EmulateViewport(width, 900))
		if wide := get(b, "measuring "+name, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > width {
			b.t.Errorf("%s is %d pixels wide on a screen of %d", name, wide, width)
		}
		b.accessible(fmt.Sprintf("%s at %d", name, width))
		b.picture(fmt.Sprintf("%s-%s-%d.png", name, b.lang, width))
	}
	b.do("clearing the size", chromedp.ResetViewport())
}

func (b tab) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	picture := get(b, "taking a picture", chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(folder, name), picture, 0o644); err != nil {
		b.t.Error(err)
	}
}

var axe = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile("../tools/node_modules/axe-core/axe.min.js")
	return string(text), err
})

// accessible lets axe look for what keeps people out.
func (b tab) accessible(name string) {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatal("no axe-core: `make tools` installs it")
	}
	type violation struct {
		ID, Help string
		Nodes    []string
	}
	b.do("loading axe", chromedp.Evaluate[chromedp.Void](source))
	for _, v := range get(b, "inspecting "+name, chromedp.Evaluate[[]violation](`axe.run().then((r) => r.violations.map((v) =>
		({ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => n.target.join(" "))})))`, chromedp.EvalAwaitPromise)) {
		b.t.Errorf("%s: %s (%s): %s", name, v.Help, v.ID, strings.Join(v.Nodes, ", "))
	}
}

// TestJourney: a person creates an account, proves e-mail address and mobile number, logs out and in again, in two
// languages.
func TestJourney(t *testing.T) {
	t.Parallel()
	r := start(t)
	for i, lang := range []locale.Tag{locale.English, locale.Spanish} {
		t.Run(string(lang), func(t *testing.T) {
			person := journey.Fictional(string(lang))
			person.Language = string(lang)
			person.Phone = fmt.Sprintf("+1202555014%d", i)
			person.Street = fmt.Sprintf("%d Harbor Ave", 1200+2*i)
			walk(t, browse(t, r.origin, lang), r, person)
		})
	}
}

const form = "main form.usa-form"

func walk(t *testing.T, b tab, r runner, p journey.Person) {
	steps := p.Steps([2]string{"first-pet", "first-school"})
	b.open("/")
	b.look("home")
	b.open("/register")
	b.look("register-you")
	b.fill(form, steps[0], "/register?step=address")
	b.look("register-address")
	b.fill(form, steps[1], "/register?step=login")
	b.do("typing a username", chromedp.SendKeys(chromedp.CSS(`[name="username"]`), p.Username), chromedp.WaitVisible(chromedp.CSS(`#username-live > *`)))
	b.look("register-login")
	b.says("#username-live", locale.Text(b.lang, "page.username.free"))
	b.fill(form, steps[2], "/verify")
	b.look("verify")
	b.prove(r, "email", "email", p.Email, "/verify")
	b.prove(r, "phone", "sms", p.Phone, "/account")
	b.look("account")
	for _, path := range []string{"/account/password", "/account/email", "/account/phone", "/account/sessions", "/help", "/docs", "/nowhere"} {
		b.open(path)
		b.look(strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "-"))
	}
	b.open("/account")
	b.press(`form[action="/logout"] button`, "/login?out=1")
	b.look("login")
	b.fill(form, url.Values{"username": {p.Username}, "password": {"not " + p.Password}}, "/login")
	b.look("login-refused")
	b.fill(form, url.Values{"username": {p.Username}, "password": {p.Password}}, "/account")
}

// says waits until an element says something.
func (b tab) says(element, words string) {
	b.t.Helper()
	text := get(b, "reading "+element, chromedp.Text(chromedp.CSS(element)))
	if !strings.Contains(text, words) {
		b.t.Errorf("%s says %q, not %q", element, text, words)
	}
}

func (b tab) prove(r runner, kind, channel, to, want string) {
	b.t.Helper()
	code, err := r.code(channel, to)
	if err != nil {
		b.t.Fatal(err)
	}
	b.fill(fmt.Sprintf(`form.usa-form:has([name="channel"][value=%q])`, kind), url.Values{"code": {code}}, want)
}

// TestJourneyWithoutScript: the same with scripts switched off.
func TestJourneyWithoutScript(t *testing.T) {
	t.Parallel()
	r := start(t)
	b, p := browse(t, r.origin, locale.English), journey.Fictional("plain")
	steps := p.Steps([2]string{"first-car", "grandmother"})
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.open("/register")
	b.fill(form, steps[0], "/register?step=address")
	b.fill(form, steps[1], "/register?step=login")
	b.fill(form, steps[2], "/verify")
	b.picture("verify-plain-1280.png")
	b.prove(r, "email", "email", p.Email, "/verify")
	b.prove(r, "phone", "sms", p.Phone, "/account")
	b.press(`form[action="/logout"] button`, "/login?out=1")
	b.fill(form, url.Values{"username": {p.Username}, "password": {p.Password}}, "/account")
}

// TestWalk: the same again without a browser, as scripts and old devices come.
func TestWalk(t *testing.T) {
	t.Parallel()
	r := start(t)
	v := journey.NewVisitor(r.origin, http.DefaultTransport)
	if err := journey.Walk(v, journey.Fictional("visitor"), [2]string{"first-pet", "first-school"}, r.code, func(string) {}); err != nil {
		t.Fatal(err)
	}
}
