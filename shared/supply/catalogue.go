package supply

import "postkontor/shared/locale"

// Product is one thing that can be ordered, named in the language of its catalogue.
type Product struct {
	SKU          string `json:"sku" example:"O-FRB1"`
	Name         string `json:"name"`
	Category     string `json:"category" example:"shipping-supplies"`
	Type         string `json:"type" example:"free-shipping-supplies"`
	Kind         string `json:"kind" example:"boxes"`
	Size         *Size  `json:"size,omitempty" doc:"Outside; missing where it is not known"`
	PackOptions  []int  `json:"packOptions" nullable:"false" doc:"How many pieces a pack can have"`
	Price        Money  `json:"price" doc:"Of a pack"`
	MaxPerOrder  int    `json:"maxPerOrder" doc:"Pieces"`
	MaxPer30Days int    `json:"maxPer30Days" doc:"Pieces"`
	Image        string `json:"image" doc:"Path of a picture on this site"`
}

// Size is outside measures.
type Size struct {
	LengthInches float64 `json:"lengthInches"`
	WidthInches  float64 `json:"widthInches"`
	HeightInches float64 `json:"heightInches,omitempty" doc:"Missing of what is flat"`
}

// Filter narrows the catalogue; "" is everything. Query is words that must all occur.
type Filter struct{ Category, Type, Kind, Query string }

// Facet is one value of a filter, and how many products it would leave beside the other filters.
type Facet struct {
	Value string `json:"value"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Facets are the values of the filters in the order of the data; those that would leave nothing are left out.
type Facets struct {
	Category []Facet `json:"category" nullable:"false"`
	Type     []Facet `json:"type" nullable:"false"`
	Kind     []Facet `json:"kind" nullable:"false"`
}

// Catalogue is all products, in one language.
type Catalogue struct{}

// Default is the shipped catalogue, in English.
func Default() *Catalogue { return &Catalogue{} }

// In answers the same catalogue in another language.
func (c *Catalogue) In(lang locale.Tag) *Catalogue { return c }

// Product answers the product of that SKU.
func (c *Catalogue) Product(sku string) (Product, bool) { return Product{}, false }

// Find answers the products that pass the filter, in the order of the data.
func (c *Catalogue) Find(f Filter) ([]Product, Facets) { return nil, Facets{} }
