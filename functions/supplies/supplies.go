// Package supplies is the store of shipping supplies: the catalogue, the cart and a customer's orders, by the API and on the
// pages /supplies, /cart and /orders.
package supplies

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

// Config is what the store works with.
type Config struct {
	Edge      web.Config
	Accounts  *account.Store
	Supplies  *supply.Store
	Addresses address.Verifier
	Tokens    *address.Tokens
}

// Supplies is the function.
type Supplies struct {
	Config
	*web.App
}

// New makes the function with all its routes.
func New(c Config) *Supplies {
	c.Edge.Pages = page.NewSet(templates)
	s := &Supplies{Config: c, App: web.New(c.Edge)}
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/supplies", ID: "list-supplies", Tag: "Supplies",
		Summary: "The catalogue", Description: "Each filter narrows it; the facets say what each further value would leave. An unknown value leaves nothing."}, s.list)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/supplies/{sku}", ID: "get-supply", Tag: "Supplies", Summary: "One product"}, s.get)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/cart", ID: "get-cart", Tag: "Supplies", Access: web.SignedIn, Summary: "The cart"}, s.getCart)
	web.Add(s.App, web.Operation{Method: http.MethodPut, Path: "/v1/cart/items/{sku}", ID: "put-cart-item", Tag: "Supplies", Access: web.SignedIn,
		Summary: "Put a product into the cart", Description: "Replaces its line; 0 packs remove it. 422 `pack_not_offered`, `quantity_over_limit` (of one order; the limit of 30 days is decided by the order)."}, s.putItem)
	web.Add(s.App, web.Operation{Method: http.MethodDelete, Path: "/v1/cart/items/{sku}", ID: "delete-cart-item", Tag: "Supplies", Access: web.SignedIn,
		Status: http.StatusOK, Summary: "Take a product out of the cart", Description: "One that is not in it changes nothing."}, s.deleteItem)
	web.Add(s.App, web.Operation{Method: http.MethodPost, Path: "/v1/orders", ID: "place-order", Tag: "Supplies", Access: web.SignedIn, Status: http.StatusCreated,
		Summary: "Order what is in the cart", Description: "403 `email_unproved`; 409 `cart_empty`, `item_unavailable` (sku); 422 `limit_reached` (sku, left), `quantity_over_limit` (sku), `address_unverified`."}, s.postOrder)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/orders", ID: "list-orders", Tag: "Supplies", Access: web.SignedIn, Summary: "The orders, newest first"}, s.listOrders)
	web.Add(s.App, web.Operation{Method: http.MethodGet, Path: "/v1/orders/{number}", ID: "get-order", Tag: "Supplies", Access: web.SignedIn, Summary: "One order"}, s.getOrder)
	web.Add(s.App, web.Operation{Method: http.MethodPost, Path: "/v1/orders/{number}/cancel", ID: "cancel-order", Tag: "Supplies", Access: web.SignedIn, Status: http.StatusOK,
		Summary: "Cancel an order", Description: "Gives its pieces back to the allowance; again it answers the order as it is. 409 `order_packed`."}, s.cancelOrder)
	s.Page("GET /supplies", web.Anyone, s.showStore)
	s.Page("GET /supplies/{sku}", web.Anyone, s.showProduct)
	s.Page("POST /supplies/{sku}", web.Anyone, s.takeProduct)
	s.Page("GET /cart", web.SignedIn, s.showCart)
	s.Page("POST /cart", web.SignedIn, s.takeCart)
	s.Page("GET /cart/address", web.SignedIn, s.showAddress)
	s.Page("POST /cart/address", web.SignedIn, s.takeAddress)
	s.Page("GET /orders", web.SignedIn, s.showOrders)
	s.Page("POST /orders", web.SignedIn, s.takeOrder)
	s.Page("GET /orders/{number}", web.SignedIn, s.showOrder)
	s.Page("POST /orders/{number}", web.SignedIn, s.takeCancel)
	return s
}
