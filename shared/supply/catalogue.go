package supply

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
	"postkontor/shared/person"
)

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
	Image        string `json:"image" doc:"Path of a picture on this site"` // here: the name of its drawing in pictures

	names operator.Words
}

// Size is outside measures.
type Size struct {
	LengthInches float64 `json:"lengthInches"`
	WidthInches  float64 `json:"widthInches"`
	HeightInches float64 `json:"heightInches,omitempty" doc:"Missing of what is flat"`
}

// Catalogue is all products, in one language. It is not to be changed once it is made.
type Catalogue struct {
	lang     locale.Tag
	products []Product
	folded   []string // what a search finds each product by
	words    map[string]operator.Words
	all      map[locale.Tag]*Catalogue
}

//go:embed data/*.csv
var shipped embed.FS

var standard = sync.OnceValue(func() *Catalogue {
	data, err := fs.Sub(shipped, "data")
	if err != nil {
		panic("supply: " + err.Error())
	}
	c, err := Parse(data)
	if err != nil {
		panic("supply: " + err.Error())
	}
	return c
})

// Default is the shipped catalogue, in English.
func Default() *Catalogue { return standard() }

// In answers the same catalogue in another language. What the data has no words for stays English.
func (c *Catalogue) In(lang locale.Tag) *Catalogue {
	if other := c.all[lang]; other != nil {
		return other
	}
	return c
}

// translate makes the catalogue in each language.
func translate(products []Product, words map[string]operator.Words) *Catalogue {
	all := map[locale.Tag]*Catalogue{}
	for _, l := range locale.Languages() {
		c := &Catalogue{lang: l.Code, products: slices.Clone(products), words: words, all: all}
		for i := range c.products {
			p := &c.products[i]
			p.Name = p.names.In(l.Code)
			found := []string{p.SKU, p.Name, p.names.In(locale.English), words[p.Kind].In(l.Code), words[p.Kind].In(locale.English)}
			c.folded = append(c.folded, person.FoldName(strings.Join(found, " ")))
		}
		all[l.Code] = c
	}
	return all[locale.English]
}

// Product answers the product of that SKU.
func (c *Catalogue) Product(sku string) (Product, bool) {
	for _, p := range c.products {
		if p.SKU == sku {
			return p, true
		}
	}
	return Product{}, false
}

// Word answers the name of a category, type or kind.
func (c *Catalogue) Word(value string) string { return c.words[value].In(c.lang) }

// Lines answers the lines with their names in the catalogue's language, as far as it has the products.
func (c *Catalogue) Lines(lines []Line) []Line {
	named := slices.Clone(lines)
	for i := range named {
		if p, ok := c.Product(named[i].SKU); ok {
			named[i].Name = p.Name
		}
	}
	return named
}
