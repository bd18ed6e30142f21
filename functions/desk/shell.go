package desk

import (
	"context"
	"net/url"

	"postkontor/shared/page"
	"postkontor/shared/web"
)

// Provider is the operator's OpenID provider, where agents sign in. Without an issuer the gateway, or what stands for it,
// knows who they are by other means.
type Provider struct {
	Issuer    string // as its tokens name it, "https://id.example.com/staff"
	Client    string // the desk's own id there; it is a public client and has no secret
	Request   string // what else a sign-in asks for, as a query: "scope=openid"
	Endpoints string // origin of its token endpoint, "" for the issuer's
	Roles     string // the claim of its tokens that lists an agent's roles, default "roles"
}

// shellView is the provider's settings, which are no secret, for the script.
type shellView struct {
	Provider
	Start string // the page that an agent sees first
}

// shell is the page that signs agents in. No answer to it has anything of a customer, nor of who asks.
func (d *Desk) shell(context.Context, *web.Visit) (web.Answer, error) {
	if d.Provider.Issuer == "" {
		return web.See(startPath), nil
	}
	issuer, err := url.Parse(d.Provider.Issuer)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Template: "shell", Title: "desk.title", View: shellView{d.Provider, startPath}, Here: "/desk",
		Connect: []string{issuer.Scheme + "://" + issuer.Host, d.Provider.Endpoints}}, nil
}

const startPath = "/desk/start"

type startView struct{ Cards []card }

// card is one thing to do at the desk. Label and Text are keys of the catalogue.
type card struct{ Href, Label, Text string }

// places are where agents go from the first page, and from every other.
var places = []web.Place{
	{Link: page.Link{Href: "/desk/accounts", Label: "desk.start.accounts"}, Access: seesAccounts},
	{Link: page.Link{Href: "/desk/orders", Label: "desk.start.orders"}, Access: seesOrders},
}

func (d *Desk) start(ctx context.Context, _ *web.Visit) (web.Answer, error) {
	return startPage(web.AgentOf(ctx)), nil
}

func startPage(agent *web.Agent) web.Answer {
	var view startView
	for _, p := range places {
		if agent.Has(p.Access.Roles...) {
			view.Cards = append(view.Cards, card{p.Href, p.Label, p.Label + ".text"})
		}
	}
	return web.Answer{Template: "start", Title: "desk.title", View: view}
}
