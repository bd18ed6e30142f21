package supplies

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/page"
	"postkontor/shared/session"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// storeView is the catalogue as far as the filters leave it.
type storeView struct {
	Path         []page.Place
	Title, Query string
	Kept         []hidden // the filters, which a search keeps
	Facets       []facetView
	Found        string
	Filtered     bool
	Products     []tile
}

type hidden struct{ Name, Value string }

// facetView is one filter; Title is a key of the catalogue of words.
type facetView struct {
	Title  string
	Values []facetValue
}

// facetValue leads to the store with this value, or without it when it is chosen.
type facetValue struct {
	Name, Count, Href string
	Chosen            bool
}

type tile struct{ Href, Image, Name, Size, Packs string }

func (s *Supplies) showStore(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get := v.Form.Values.Get
	return storePage(v.Lang, s.catalogue(ctx), supply.Filter{Category: get("category"), Type: get("type"), Kind: get("kind"), Query: get("q")}), nil
}

func storePage(lang locale.Tag, c *supply.Catalogue, f supply.Filter) web.Answer {
	items, facets := c.Find(f)
	view := storeView{Query: f.Query, Filtered: f != supply.Filter{}, Found: locale.Count(lang, "supplies.products", len(items))}
	places := path(lang, c, f)
	here := &places[len(places)-1]
	view.Title, here.Href = here.Name, ""
	about := ""
	if len(places) > 1 {
		view.Path, about = places, here.Name
	}
	for _, name := range []string{"category", "type", "kind"} {
		if value := query(f).Get(name); value != "" {
			view.Kept = append(view.Kept, hidden{name, value})
		}
	}
	for _, one := range []facetView{
		facet("supplies.filter.category", facets.Category, f, func(f *supply.Filter) *string { return &f.Category }),
		facet("supplies.filter.type", facets.Type, f, func(f *supply.Filter) *string { return &f.Type }),
		facet("supplies.filter.kind", facets.Kind, f, func(f *supply.Filter) *string { return &f.Kind }),
	} {
		if len(one.Values) > 0 {
			view.Facets = append(view.Facets, one)
		}
	}
	for _, p := range items {
		view.Products = append(view.Products, tile{Href: "/supplies/" + p.SKU, Image: page.Drawing(p.Image), Name: p.Name, Size: size(lang, p.Size), Packs: packs(lang, p.PackOptions)})
	}
	return web.Answer{Template: "store", Title: "supplies.store", About: about, View: view}
}

// facet shows one filter of f, the one that of answers.
func facet(title string, values []supply.Facet, f supply.Filter, of func(*supply.Filter) *string) facetView {
	view, chosen := facetView{Title: title}, *of(&f)
	for _, v := range values {
		*of(&f) = v.Value
		if v.Value == chosen {
			*of(&f) = ""
		}
		view.Values = append(view.Values, facetValue{Name: v.Name, Count: strconv.Itoa(v.Count), Href: storeAt(f), Chosen: v.Value == chosen})
	}
	return view
}

// path leads from the store to what the filters leave; what they name and the catalogue does not have is no part of it.
func path(lang locale.Tag, c *supply.Catalogue, f supply.Filter) []page.Place {
	places := []page.Place{{Name: locale.Text(lang, "supplies.store"), Href: "/supplies"}}
	at := supply.Filter{}
	for _, part := range []struct {
		value string
		at    *string
	}{{f.Category, &at.Category}, {f.Type, &at.Type}, {f.Kind, &at.Kind}} {
		*part.at = part.value
		if name := c.Word(part.value); name != "" {
			places = append(places, page.Place{Name: name, Href: storeAt(at)})
		}
	}
	return places
}

func query(f supply.Filter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"category": f.Category, "type": f.Type, "kind": f.Kind, "q": f.Query} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func storeAt(f supply.Filter) string {
	if q := query(f); len(q) > 0 {
		return "/supplies?" + q.Encode()
	}
	return "/supplies"
}

// productView is one product, with the form that puts it into the cart.
type productView struct {
	page.Form
	Path             []page.Place
	SKU, Name, Image string
	Rows             []page.Row
	Choose           bool // there is more than one pack to choose from
	Only             int  // the pack where there is one
	Pack             page.Choice
	Quantity         page.Input
	Stranger         bool // who looks is not logged in
}

func (s *Supplies) showProduct(ctx context.Context, v *web.Visit) (web.Answer, error) {
	p, err := s.product(ctx, v.PathValue("sku"))
	if err != nil {
		return web.Answer{}, err
	}
	values := v.Form.Values
	if values.Get("packQuantity") == "" {
		values.Set("packQuantity", strconv.Itoa(p.PackOptions[0]))
	}
	if values.Get("quantity") == "" {
		values.Set("quantity", "1")
	}
	return productPage(v, s.catalogue(ctx), p, v.Form, 0), nil
}

func productPage(v *web.Visit, c *supply.Catalogue, p supply.Product, form page.Form, status int) web.Answer {
	view := productView{Form: form, SKU: p.SKU, Name: p.Name, Image: page.Drawing(p.Image), Stranger: v.Session == nil,
		Path: path(v.Lang, c, supply.Filter{Category: p.Category, Type: p.Type, Kind: p.Kind}), Choose: len(p.PackOptions) > 1, Only: p.PackOptions[0],
		Quantity: form.Input(page.Input{Name: "quantity", Label: "supplies.quantity", InputMode: "numeric", MaxLength: 10})}
	if size := size(v.Lang, p.Size); size != "" {
		view.Rows = append(view.Rows, page.Row{Label: "supplies.size", Lines: []string{size}})
	}
	var options []page.Option
	for _, n := range p.PackOptions {
		options = append(options, page.Option{Value: strconv.Itoa(n), Text: locale.Count(v.Lang, "supplies.pack", n)})
	}
	view.Pack = form.Choice(page.Choice{Name: "packQuantity", Label: "supplies.packQuantity", Options: options})
	view.Rows = append(view.Rows,
		page.Row{Label: "supplies.packs", Lines: []string{packs(v.Lang, p.PackOptions)}},
		page.Row{Label: "supplies.price", Lines: []string{price(p.Price)}},
		page.Row{Label: "supplies.delivery", Lines: []string{locale.Text(v.Lang, "supplies.delivery.free")}},
		page.Row{Label: "supplies.limit.order", Lines: []string{locale.Count(v.Lang, "supplies.pieces", p.MaxPerOrder)}},
		page.Row{Label: "supplies.limit.days", Lines: []string{locale.Count(v.Lang, "supplies.pieces", p.MaxPer30Days)}},
		page.Row{Label: "supplies.sku", Lines: []string{p.SKU}})
	return web.Answer{Template: "product", Title: "supplies.store", About: p.Name, View: view, Form: form, Status: status}
}

// takeProduct puts a product into the cart. Who is not logged in comes back after the login, to what was chosen.
func (s *Supplies) takeProduct(ctx context.Context, v *web.Visit) (web.Answer, error) {
	get, sku := v.Form.Values.Get, v.PathValue("sku")
	if v.Session == nil {
		chosen := url.Values{"packQuantity": {get("packQuantity")}, "quantity": {get("quantity")}}
		back := (&url.URL{Path: "/supplies/" + sku, RawQuery: chosen.Encode()}).String()
		return web.See("/login?" + url.Values{"next": {back}}.Encode()), nil
	}
	if v.Session.Scope != session.Full {
		return web.Answer{}, fault.New(fault.Forbidden, "scope_insufficient")
	}
	p, err := s.product(ctx, sku)
	if err != nil {
		return web.Answer{}, err
	}
	if err = s.put(ctx, v, sku, 1); err == nil {
		return web.See("/cart?added=" + url.QueryEscape(sku)), nil
	}
	form, status, err := v.Refused(err)
	return productPage(v, s.catalogue(ctx), p, form, status), err
}

// put puts what a form says into the cart: at least that many packs.
func (s *Supplies) put(ctx context.Context, v *web.Visit, sku string, least int) error {
	var wrong []fault.Field
	number := func(name string, least int) int {
		n, err := strconv.Atoi(strings.TrimSpace(v.Form.Values.Get(name)))
		if err != nil || n < least {
			wrong = append(wrong, fault.Field{Location: "body." + name, Code: "validation.quantity"})
		}
		return n
	}
	pack, quantity := number("packQuantity", 1), number("quantity", least)
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	_, err := s.Supplies.Put(ctx, v.Session.Account, sku, pack, quantity)
	return err
}

// packs names the packs that there are.
func packs(lang locale.Tag, options []int) string {
	var all []string
	for _, n := range options {
		all = append(all, locale.Count(lang, "supplies.pack", n))
	}
	return strings.Join(all, " · ")
}

func price(m supply.Money) string {
	if m.Currency == "USD" {
		return "$" + m.Amount
	}
	return m.Amount + " " + m.Currency
}

// size is the outside measures in words, "" where they are not known.
func size(lang locale.Tag, s *supply.Size) string {
	switch {
	case s == nil:
		return ""
	case s.HeightInches == 0:
		return locale.Text(lang, "supplies.size.flat", "length", inches(s.LengthInches), "width", inches(s.WidthInches))
	}
	return locale.Text(lang, "supplies.size.box", "length", inches(s.LengthInches), "width", inches(s.WidthInches), "height", inches(s.HeightInches))
}

// inches answers a measure as rulers have it: 8.6875 is "8 11/16".
func inches(n float64) string {
	whole, rest := math.Modf(n)
	part, of := rest*16, 16
	if rest == 0 || part != math.Trunc(part) {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	top := int(part)
	for top%2 == 0 {
		top, of = top/2, of/2
	}
	return strings.TrimPrefix(strconv.Itoa(int(whole))+" ", "0 ") + strconv.Itoa(top) + "/" + strconv.Itoa(of)
}
