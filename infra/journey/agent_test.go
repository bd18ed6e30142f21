package journey_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"postkontor/infra/journey"
	"postkontor/infra/servers"
	"postkontor/shared/locale"
)

const deskAudience = "urn:postkontor:desk"

// withAgents starts a runner whose agents sign in at an OpenID server of its own, and takes tokens for an audience.
func withAgents(t *testing.T, audience string) (runner, *servers.Server) {
	t.Helper()
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	provider, err := servers.StartOpenID("http://localhost:" + port + "/desk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { provider.Stop() })
	return startAt(t, address, t.TempDir(), "AGENT_ISSUER="+provider.Endpoint, "AGENT_AUDIENCE="+audience, "AGENT_CLIENT=desk",
		"AGENT_REQUEST=scope=openid&resource="+deskAudience), provider
}

// until waits until a script is true, on whatever page is shown by then.
func (b tab) until(script string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)); err == nil && is {
			return
		}
	}
	b.t.Fatalf("never %s, at %s:\n%s", script, get(b, "reading the address", chromedp.Location()), get(b, "reading the page", chromedp.Text(chromedp.CSS("body"))))
}

// untilSaid waits until the page says something.
func (b tab) untilSaid(key string, pairs ...string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.querySelector("main")?.textContent.includes(%q)`, locale.Text(b.lang, key, pairs...)))
}

// at waits until a page of the desk is shown.
func (b tab) at(path string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`location.pathname + location.search === "/desk" && location.hash.startsWith(%q) && !document.querySelector("main").ariaBusy && document.activeElement !== document.body`, "#"+path))
}

func (b tab) click(selector string) {
	b.t.Helper()
	b.do("pressing "+selector, chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

func (b tab) write(name, text string) {
	b.t.Helper()
	field := chromedp.CSS(fmt.Sprintf(`main [name=%q]`, name))
	b.do("typing "+name, chromedp.WaitVisible(field), chromedp.SendKeys(field, text))
}

// signIn signs in at the provider's own page.
func (b tab) signIn(name string) {
	b.t.Helper()
	b.do("signing in", chromedp.WaitVisible(chromedp.CSS(`[name="login"]`)), chromedp.SendKeys(chromedp.CSS(`[name="login"]`), name),
		chromedp.SendKeys(chromedp.CSS(`[name="password"]`), "any"), chromedp.Click(chromedp.CSS(`[type="submit"]`)))
}

const signInButton = "#desk-sign-in"

// TestAgentsSignIn: an agent comes to the desk by the operator's provider, works there by links, forms and the browser's own
// buttons, comes back to the same place when the page is loaded anew, and leaves.
func TestAgentsSignIn(t *testing.T) {
	t.Parallel()
	r, _ := withAgents(t, deskAudience)
	customer := r.settled(t, journey.Fictional("agents"))
	for _, lang := range []locale.Tag{locale.English, locale.Spanish} {
		t.Run(string(lang), func(t *testing.T) {
			b := browse(t, r.origin, lang)
			b.open("/desk")
			b.do("waiting", chromedp.WaitVisible(chromedp.CSS(signInButton)))
			b.look("desk")
			b.click(signInButton)
			b.signIn("boss")
			b.at("/desk/start")
			b.says(".pk-user__name", "boss")
			b.look("desk-start")
			if kept := get(b, "reading what is kept", chromedp.Evaluate[string](`JSON.stringify({...sessionStorage, ...localStorage}) + document.cookie`)); kept != "{}" {
				t.Errorf("the browser keeps %s", kept)
			}
			b.click(`.pk-nav a[href="/desk#/desk/accounts"]`)
			b.at("/desk/accounts")
			b.write("username", customer.Username)
			b.click(`main [type="submit"]`)
			b.at("/desk/accounts?username=" + customer.Username)
			b.click("#found a")
			b.at("/desk/accounts/0")
			b.do("going back", chromedp.NavigateBack())
			b.at("/desk/accounts?username=" + customer.Username)
			b.do("loading anew", chromedp.Reload())
			b.at("/desk/accounts?username=" + customer.Username)
			b.says("#found", customer.Username)
			b.click(`.pk-languages a[lang="sv"]`)
			b.until(`document.documentElement.lang === "sv" && !location.hash.includes("lang=")`)
			b.click(`[data-sign-out]`)
			b.click(`[name="logout"]`)
			b.do("waiting", chromedp.WaitVisible(chromedp.CSS(signInButton)))
			b.open("/desk#/desk/start")
			b.do("meeting the provider", chromedp.WaitVisible(chromedp.CSS(`[name="login"]`)))
		})
	}
}

// outage fails every page of the desk that is asked for, until the script is loaded anew.
const outage = `if (location.pathname === "/desk" && !sessionStorage.outage) {
  const real = fetch;
  sessionStorage.outage = 1;
  window.fetch = (at, ...rest) => String(at).startsWith("/desk/") ? Promise.reject(new TypeError("away")) : real(at, ...rest);
}`

// TestAgentsTokenRunsOut: in the middle of a form the agent signs in again, without being asked when the provider still
// knows who that is, and finds everything typed, even when the page was away for a moment; it is sent once, by the agent.
func TestAgentsTokenRunsOut(t *testing.T) {
	t.Parallel()
	r, _ := withAgents(t, deskAudience)
	customer := r.settled(t, journey.Fictional("patient"))
	b := browse(t, r.origin, locale.English)
	b.open("/desk#/desk/accounts?username=" + customer.Username)
	b.signIn("brief")
	b.at("/desk/accounts?username=")
	b.click("#found a")
	b.at("/desk/accounts/0")
	b.click(`main a[href$="/recovery"]`)
	b.until(`location.hash.endsWith("/recovery")`)
	b.click(`main input[value="email"] + label`)
	b.write("reason", "Called, and named the last two orders")
	time.Sleep(5500 * time.Millisecond) // the token's time
	if _, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: outage}); err != nil {
		t.Fatal(err)
	}
	b.click(`main [type="submit"]`)
	b.untilSaid("desk.shell.unreachable")
	b.click(signInButton)
	b.untilSaid("desk.shell.again")
	if typed := get(b, "reading the form", chromedp.Evaluate[string](`document.querySelector("[name=reason]").value + document.querySelector("[name=way]:checked")?.value`)); typed != "Called, and named the last two ordersemail" {
		t.Errorf("after signing in again the form has %q", typed)
	}
	b.click(`main [type="submit"]`)
	b.untilSaid("desk.act.recovery.done")
	if _, err := r.newest("email", customer.Email, "/recover\\?id="); err != nil {
		t.Error(err)
	}
}

// TestAgentsSignInFails: whatever goes wrong is said, with a way to try again, and never tried again and again.
func TestAgentsSignInFails(t *testing.T) {
	t.Parallel()
	r, provider := withAgents(t, "urn:postkontor:elsewhere") // so that the gateway takes no token
	b := browse(t, r.origin, locale.English)
	for _, answer := range []string{"?code=invented&state=invented", "?error=access_denied&state=invented"} {
		b.open("/desk" + answer)
		b.untilSaid("desk.shell.refused")
		b.do("waiting", chromedp.WaitVisible(chromedp.CSS(signInButton)))
		if at := get(b, "reading the address", chromedp.Location()); strings.Contains(at, "invented") {
			t.Errorf("the address still has the answer: %s", at)
		}
	}
	b.look("desk-refused")
	b.click(signInButton)
	b.signIn("ann")
	b.untilSaid("desk.shell.refused")
	b.do("waiting", chromedp.WaitVisible(chromedp.CSS(signInButton)))
	if err := provider.Stop(); err != nil {
		t.Fatal(err)
	}
	b.click(signInButton)
	b.untilSaid("desk.shell.away")
	b.do("waiting", chromedp.WaitVisible(chromedp.CSS(signInButton)))
}

// TestAgentsWithoutTheRole: what is refused is said in place.
func TestAgentsWithoutTheRole(t *testing.T) {
	t.Parallel()
	r, _ := withAgents(t, deskAudience)
	b := browse(t, r.origin, locale.English)
	b.open("/desk#/desk/accounts")
	b.signIn("will")
	b.untilSaid("fault.role_missing.title")
	b.click(`.pk-nav a[href="/desk#/desk/orders"]`)
	b.at("/desk/orders")
	b.untilSaid("desk.orders.title")
}
