// Package desk is where the operator's agents look after accounts and orders: the API under /v1/desk and the pages under
// /desk/. The gateway lets nobody in without a token of the operator's own OpenID provider, and what a token's roles allow
// is decided here, at each route. The page /desk itself is open to anyone and shows nothing of a customer: it signs the
// agent in, and fetches the other pages with the token.
package desk

import (
	"embed"
	"net/http"

	"postkontor/shared/account"
	"postkontor/shared/address"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the desk works with.
type Config struct {
	Edge      web.Config
	Accounts  *account.Store
	Supplies  *supply.Store
	Addresses address.Verifier
	Tokens    *address.Tokens
	Provider  Provider
}

// Desk is the function.
type Desk struct {
	Config
	*web.App
}

// Who may do what. Each of an agent's acts names the roles that it is for.
var (
	anyAgent     = web.Access{Roles: []web.Role{web.Desk, web.Warehouse, web.Counter}}
	seesAccounts = web.Access{Roles: []web.Role{web.Desk, web.Counter}}
	helps        = web.Access{Roles: []web.Role{web.Desk}}              // with an account, and orders for its holder
	identifies   = web.Access{Roles: []web.Role{web.Counter}}           // who stands before them
	corrects     = web.Access{Roles: []web.Role{web.Desk, web.Counter}} // how to reach who was identified
	seesOrders   = web.Access{Roles: []web.Role{web.Desk, web.Warehouse}}
	packs        = web.Access{Roles: []web.Role{web.Warehouse}} // and ships
)

// New makes the function with all its routes.
func New(c Config) *Desk {
	c.Edge.Pages, c.Edge.RolesClaim, c.Edge.Places = page.NewSet(templates), c.Provider.Roles, places
	d := &Desk{Config: c, App: web.New(c.Edge)}
	web.Add(d.App, web.Operation{Method: http.MethodGet, Path: "/v1/desk/accounts", ID: "find-accounts", Tag: "Desk", Access: seesAccounts,
		Summary: "Accounts by username, e-mail address, number, order, or by ZIP Code, street and last name", Description: "Exactly one of the five. Nothing that opens an account is shown. By an address no account is found that was released without its claim."}, d.search)
	web.Add(d.App, web.Operation{Method: http.MethodGet, Path: "/v1/desk/accounts/{id}", ID: "see-account", Tag: "Desk", Access: seesAccounts,
		Summary: "An account, without anything that opens it"}, d.account)
	for _, h := range helpful {
		web.Add(d.App, web.Operation{Method: http.MethodPost, Path: "/v1/desk/accounts/{id}/" + h.name, ID: h.name + "-account", Tag: "Desk", Access: helps,
			Status: http.StatusOK, Summary: h.summary, Description: h.description + " The customer is told."}, d.helped(h))
	}
	web.Add(d.App, web.Operation{Method: http.MethodPost, Path: "/v1/desk/accounts/{id}/recovery", ID: "recover-account", Tag: "Desk", Access: helps, Status: http.StatusAccepted,
		Summary: "Start a recovery for a customer", Description: "A code goes to the customer alone, by the way: by SMS good for 10 minutes, by e-mail for 24 hours, in a letter for 21 days or 30. It is entered on " +
			"/recover?id=ID or at POST /v1/recovery/password/{id}/code. 422 `channel_unproved`; 429 `sending_too_often`."}, d.recover)
	web.Add(d.App, web.Operation{Method: http.MethodPost, Path: "/v1/desk/accounts/{id}/proof", ID: "prove-identity", Tag: "Desk", Access: identifies, Status: http.StatusOK,
		Summary: "Note that a customer has shown an identity document", Description: "For agents of the role `counter` alone. For 24 hours new contact details can then be entered. The customer is told."}, d.proof)
	web.Add(d.App, web.Operation{Method: http.MethodPost, Path: "/v1/desk/accounts/{id}/contact", ID: "set-contact", Tag: "Desk", Access: corrects, Status: http.StatusOK,
		Summary: "Enter a new e-mail address or mobile number for a customer", Description: "It is in force after 72 hours, unless the customer, told at the old ones, stops it. The one in force already takes back what waits. 409 `proof_missing`; 422 `email_invalid`, `phone_invalid`, `contact_in_force` when nothing waits."}, d.contact)
	web.Add(d.App, web.Operation{Method: http.MethodGet, Path: "/v1/desk/orders", ID: "find-orders", Tag: "Desk", Access: seesOrders,
		Summary: "Orders of supplies by status, by number, or of an account", Description: "Exactly one of the three."}, d.orders)
	for _, act := range works {
		op := web.Operation{Method: http.MethodPost, Path: "/v1/desk/orders/{number}/" + string(act), ID: string(act) + "-order", Tag: "Desk", Access: packs,
			Summary: workSummaries[act], Description: "The same again answers the order unchanged. 409 `order_state` when it is out of order."}
		if act == supply.Ship {
			op.Description += " 422 `number_invalid` (reason, carrier?, suggestion?)."
			web.Add(d.App, op, d.ship)
			continue
		}
		web.Add(d.App, op, d.work(act))
	}
	web.Add(d.App, web.Operation{Method: http.MethodPost, Path: "/v1/desk/accounts/{id}/orders", ID: "order-for-account", Tag: "Desk", Access: helps,
		Status: http.StatusCreated, Summary: "Order supplies for a customer at the telephone", Description: "422 `account_state` unless the account is active; `quantity_over_limit`, `limit_reached` (sku, left)."}, d.place)
	d.Page("GET /desk", web.Anyone, d.shell)
	d.Page("GET /desk/start", anyAgent, d.start)
	d.Page("GET /desk/accounts", seesAccounts, d.showAccounts)
	d.Page("GET /desk/accounts/{id}", seesAccounts, d.showAccount)
	d.Page("GET /desk/accounts/{id}/activity", seesAccounts, d.showEvents)
	for _, one := range acts {
		d.Page("GET /desk/accounts/{id}/"+one.name, one.access, d.showAct(one))
		d.Page("POST /desk/accounts/{id}/"+one.name, one.access, d.takeAct(one))
	}
	d.Page("GET /desk/accounts/{id}/order", helps, d.showPlace)
	d.Page("POST /desk/accounts/{id}/order", helps, d.takePlace)
	d.Page("GET /desk/orders", seesOrders, d.showOrders)
	d.Page("GET /desk/orders/{number}", seesOrders, d.showOrder)
	for _, act := range works {
		d.Page("POST /desk/orders/{number}/"+string(act), packs, d.takeWork(act))
	}
	return d
}
