package supplies

import (
	"context"

	"postkontor/shared/fault"
	"postkontor/shared/supply"
	"postkontor/shared/web"
)

// ListRequest is GET /v1/supplies.
type ListRequest struct {
	Category string `query:"category" example:"shipping-supplies"`
	Type     string `query:"type" example:"free-shipping-supplies"`
	Kind     string `query:"kind" example:"labels"`
	Query    string `query:"q" maxLength:"100" doc:"Words of the name, the kind or the SKU"`
}

// ListAnswer is its answer.
type ListAnswer struct {
	Body struct {
		Items  []supply.Product `json:"items" nullable:"false"`
		Facets supply.Facets    `json:"facets"`
	}
}

func (s *Supplies) list(ctx context.Context, in *ListRequest) (*ListAnswer, error) {
	answer := &ListAnswer{}
	answer.Body.Items, answer.Body.Facets = s.catalogue(ctx).Find(supply.Filter(*in))
	return answer, nil
}

// catalogue is the catalogue in the reader's language.
func (s *Supplies) catalogue(ctx context.Context) *supply.Catalogue {
	return s.Supplies.Catalogue.In(web.Language(ctx))
}

// ProductRequest is GET /v1/supplies/{sku}.
type ProductRequest struct {
	SKU string `path:"sku" maxLength:"64"`
}

// ProductAnswer is its answer.
type ProductAnswer struct{ Body supply.Product }

func (s *Supplies) get(ctx context.Context, in *ProductRequest) (*ProductAnswer, error) {
	p, ok := s.catalogue(ctx).Product(in.SKU)
	if !ok {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	return &ProductAnswer{Body: p}, nil
}
