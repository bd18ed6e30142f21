package supply

import (
	"slices"
	"strings"

	"postkontor/shared/person"
)

// Filter narrows the catalogue; "" is everything. Query is words that must all occur in the name, the kind or the SKU, in the
// catalogue's language or in English; case and accents do not count.
type Filter struct{ Category, Type, Kind, Query string }

// Facet is one value of a filter, and how many products it would leave beside the other filters.
type Facet struct {
	Value string `json:"value" example:"labels"`
	Name  string `json:"name" example:"Labels"`
	Count int    `json:"count"`
}

// Facets are the values of the filters in the order of the data; those that would leave nothing are left out.
type Facets struct {
	Category []Facet `json:"category" nullable:"false"`
	Type     []Facet `json:"type" nullable:"false"`
	Kind     []Facet `json:"kind" nullable:"false"`
}

// Find answers the products that pass the filter, in the order of the data.
func (c *Catalogue) Find(f Filter) ([]Product, Facets) {
	items, facets := []Product{}, Facets{Category: []Facet{}, Type: []Facet{}, Kind: []Facet{}}
	query := strings.Fields(person.FoldName(f.Query))
	passes := func(wanted, value string) bool { return wanted == "" || wanted == value }
	for i, p := range c.products {
		if slices.ContainsFunc(query, func(word string) bool { return !strings.Contains(c.folded[i], word) }) {
			continue
		}
		category, kind, sort := passes(f.Category, p.Category), passes(f.Kind, p.Kind), passes(f.Type, p.Type)
		if category && sort && kind {
			items = append(items, p)
		}
		if sort && kind {
			facets.Category = c.count(facets.Category, p.Category)
		}
		if category && kind {
			facets.Type = c.count(facets.Type, p.Type)
		}
		if category && sort {
			facets.Kind = c.count(facets.Kind, p.Kind)
		}
	}
	return items, facets
}

func (c *Catalogue) count(facets []Facet, value string) []Facet {
	for i := range facets {
		if facets[i].Value == value {
			facets[i].Count++
			return facets
		}
	}
	return append(facets, Facet{Value: value, Name: c.Word(value), Count: 1})
}
