package supplies

import (
	"context"

	"postkontor/shared/fault"
	"postkontor/shared/page"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// CatalogueRequest is GET /v1/supplies.
type CatalogueRequest struct {
	Category string `query:"category" example:"shipping-supplies"`
	Type     string `query:"type" example:"free-shipping-supplies"`
	Kind     string `query:"kind" example:"labels"`
	Query    string `query:"q" maxLength:"100" doc:"Words of the name, the kind or the SKU"`
}

// CatalogueAnswer is its answer.
type CatalogueAnswer struct {
	Body struct {
		Items  []supply.Product `json:"items" nullable:"false"`
		Facets supply.Facets    `json:"facets"`
	}
}

func (s *Supplies) list(ctx context.Context, in *CatalogueRequest) (*CatalogueAnswer, error) {
	answer := &CatalogueAnswer{}
	answer.Body.Items, answer.Body.Facets = s.catalogue(ctx).Find(supply.Filter(*in))
	for i := range answer.Body.Items {
		answer.Body.Items[i].Image = page.Drawing(answer.Body.Items[i].Image)
	}
	return answer, nil
}

// catalogue is the catalogue in the reader's language.
func (s *Supplies) catalogue(ctx context.Context) *supply.Catalogue {
	return s.Supplies.Catalogue.In(web.Language(ctx))
}

// ProductRequest is a request about one product.
type ProductRequest struct {
	SKU string `path:"sku" maxLength:"64" example:"LABEL-228"`
}

// ProductAnswer is GET /v1/supplies/{sku}.
type ProductAnswer struct{ Body supply.Product }

func (s *Supplies) get(ctx context.Context, in *ProductRequest) (*ProductAnswer, error) {
	p, err := s.product(ctx, in.SKU)
	p.Image = page.Drawing(p.Image)
	return &ProductAnswer{Body: p}, err
}

func (s *Supplies) product(ctx context.Context, sku string) (supply.Product, error) {
	p, ok := s.catalogue(ctx).Product(sku)
	if !ok {
		return p, fault.New(fault.NotFound, "not_found")
	}
	return p, nil
}

// CartAnswer is the cart as every operation on it answers it.
type CartAnswer struct{ Body *supply.Cart }

func (s *Supplies) getCart(ctx context.Context, _ *struct{}) (*CartAnswer, error) {
	cart, err := s.Supplies.Cart(ctx, web.Session(ctx).Account)
	return s.cart(ctx, cart, err)
}

func (s *Supplies) cart(ctx context.Context, cart *supply.Cart, err error) (*CartAnswer, error) {
	if err != nil {
		return nil, err
	}
	cart.Items = s.catalogue(ctx).Lines(cart.Items)
	return &CartAnswer{Body: cart}, nil
}

// ItemRequest is PUT /v1/cart/items/{sku}.
type ItemRequest struct {
	ProductRequest
	Body struct {
		PackQuantity int `json:"packQuantity,omitempty" doc:"One of the product's packOptions; not needed to remove it"`
		Quantity     int `json:"quantity" doc:"Packs; 0 removes it"`
	}
}

func (s *Supplies) putItem(ctx context.Context, in *ItemRequest) (*CartAnswer, error) {
	cart, err := s.Supplies.Put(ctx, web.Session(ctx).Account, in.SKU, in.Body.PackQuantity, in.Body.Quantity)
	return s.cart(ctx, cart, err)
}

func (s *Supplies) deleteItem(ctx context.Context, in *ProductRequest) (*CartAnswer, error) {
	cart, err := s.Supplies.Remove(ctx, web.Session(ctx).Account, in.SKU)
	return s.cart(ctx, cart, err)
}
