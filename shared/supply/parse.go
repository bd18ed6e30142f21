package supply

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
)

// The files of the data. Each begins with the names of its columns; others may stand beside those that Parse asks for.
const (
	productsFile = "free_shipping_supplies.csv" // sku, name, name_LANGUAGE…, pack_options, outside_{l,w,h}_in, price_usd, picture
	limitsFile   = "limits.csv"                 // sku, category, type, kind, max_per_order_pieces, max_per_30_days_pieces
	wordsFile    = "words.csv"                  // value (a category, type or kind), en, and further languages
)

// limit is a line of the limits.
type limit struct {
	row
	category, sort, kind string
	order, month         int
	used                 bool
}

// Parse reads the files of a catalogue. Its error says everything that is wrong, each with file and line.
func Parse(files fs.FS) (*Catalogue, error) {
	p := &parser{files: files}
	words := map[string]operator.Words{}
	for _, r := range p.rows(wordsFile, "value", "en") {
		p.refuse(!value.MatchString(r.cell["value"]) || words[r.cell["value"]] != nil, r, "value: lower case, once")
		words[r.cell["value"]] = p.words(r, "", "en")
	}
	limits := map[string]*limit{}
	for _, r := range p.rows(limitsFile, "sku", "category", "type", "kind", "max_per_order_pieces", "max_per_30_days_pieces") {
		p.refuse(limits[r.cell["sku"]] != nil, r, "sku: %s stands there twice", r.cell["sku"])
		limits[r.cell["sku"]] = p.limit(r, words)
	}
	var products []Product
	for _, r := range p.rows(productsFile, "sku", "name", "pack_options", "outside_l_in", "outside_w_in", "outside_h_in", "price_usd") {
		products = append(products, p.product(r, limits))
	}
	for _, sku := range slices.Sorted(maps.Keys(limits)) {
		p.refuse(!limits[sku].used, limits[sku].row, "sku: there is no product %s", sku)
	}
	if len(p.wrong) > 0 {
		return nil, errors.Join(p.wrong...)
	}
	return translate(products, words), nil
}

var (
	value   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
	skuForm = regexp.MustCompile(`^[A-Z0-9][A-Z0-9.-]{0,31}$`)
	picture = regexp.MustCompile(`^[a-z0-9-]+$`)
)

func (p *parser) limit(r row, words map[string]operator.Words) *limit {
	for _, column := range []string{"category", "type", "kind"} {
		p.refuse(words[r.cell[column]] == nil, r, "%s: %s has no words in %s", column, r.cell[column], wordsFile)
	}
	l := &limit{row: r, category: r.cell["category"], sort: r.cell["type"], kind: r.cell["kind"],
		order: p.pieces(r, "max_per_order_pieces", r.cell["max_per_order_pieces"]),
		month: p.pieces(r, "max_per_30_days_pieces", r.cell["max_per_30_days_pieces"])}
	p.refuse(l.month < l.order, r, "max_per_30_days_pieces: less than for one order")
	return l
}

func (p *parser) product(r row, limits map[string]*limit) Product {
	made := Product{SKU: r.cell["sku"], Price: Free, Size: p.size(r), PackOptions: p.packs(r), names: p.words(r, "name_", "name"),
		Image: strings.ToLower(r.cell["sku"])}
	p.refuse(!skuForm.MatchString(made.SKU), r, "sku: capitals, digits, points and hyphens")
	p.refuse(r.cell["price_usd"] != Free.Amount, r, "price_usd: nothing here takes a payment, so %s", Free.Amount)
	if drawn := r.cell["picture"]; drawn != "" {
		made.Image = drawn
	}
	p.refuse(!picture.MatchString(made.Image), r, "picture: the name of a drawing, without its ending")
	l := limits[made.SKU]
	if l == nil {
		p.refuse(true, r, "sku: %s has no limits in %s", made.SKU, limitsFile)
		return made
	}
	p.refuse(l.used, r, "sku: %s stands there twice", made.SKU)
	l.used = true
	made.Category, made.Type, made.Kind, made.MaxPerOrder, made.MaxPer30Days = l.category, l.sort, l.kind, l.order, l.month
	p.refuse(len(made.PackOptions) > 0 && made.PackOptions[0] > l.order, r, "pack_options: every pack is over the limit of an order")
	return made
}

// packs reads "1|10|25", pieces a pack, and "roll", which is one pack of one.
func (p *parser) packs(r row) (options []int) {
	if r.cell["pack_options"] == "roll" {
		return []int{1}
	}
	for _, option := range strings.Split(r.cell["pack_options"], "|") {
		options = append(options, p.pieces(r, "pack_options", option))
	}
	ascending := slices.IsSorted(options) && len(slices.Compact(slices.Clone(options))) == len(options)
	p.refuse(!ascending, r, "pack_options: ascending, each once")
	return options
}

// size reads outside measures: all of them blank where they are not known, the height of what is flat.
func (p *parser) size(r row) *Size {
	l, w, h := p.inches(r, "outside_l_in"), p.inches(r, "outside_w_in"), p.inches(r, "outside_h_in")
	p.refuse((l == 0) != (w == 0) || h > 0 && l == 0, r, "outside_l_in, outside_w_in: both, or neither and no height")
	if l == 0 {
		return nil
	}
	return &Size{l, w, h}
}

func (p *parser) inches(r row, column string) float64 {
	if r.cell[column] == "" {
		return 0
	}
	n, err := strconv.ParseFloat(r.cell[column], 64)
	p.refuse(err != nil || !(n > 0 && n <= 108), r, "%s: inches, over 0 and up to 108", column)
	return n
}

const mostPieces = 100_000

func (p *parser) pieces(r row, column, text string) int {
	n, err := strconv.Atoi(text)
	p.refuse(err != nil || n < 1 || n > mostPieces, r, "%s: pieces, a whole number from 1 to %d", column, mostPieces)
	return n
}

// words reads a text in the languages it is there for: English in one column, the others in prefix and language.
func (p *parser) words(r row, prefix, english string) operator.Words {
	words := operator.Words{locale.English: r.cell[english]}
	p.refuse(r.cell[english] == "", r, "%s: is missing", english)
	for _, l := range locale.Languages() {
		if text := r.cell[prefix+string(l.Code)]; text != "" {
			words[l.Code] = text
		}
	}
	for _, text := range words {
		p.refuse(len([]rune(text)) > 100, r, "%s: over 100 characters", english)
	}
	return words
}

// parser collects what is wrong.
type parser struct {
	files fs.FS
	wrong []error
}

func (p *parser) refuse(bad bool, r row, format string, args ...any) {
	if bad {
		p.wrong = append(p.wrong, fmt.Errorf("%s:%d: "+format, append([]any{r.file, r.line}, args...)...))
	}
}
