package barcode

import (
	_ "embed" // the data
	"regexp"
	"strings"
	"sync"
)

// formatLines are the shapes that numbers have, the first that fits and holds decides. Columns, between tabs: the kind
// ("impb", "legacy", "s10", or "other": another carrier's), the carrier and its country ("-": as the number says), the
// check with what it sets in front of the number ("-": none), the pattern.
//
//go:embed formats.txt
var formatLines string

// posts are the posts that issue S10 numbers: the country's code, a tab, the post's name; a line each.
//
//go:embed posts.txt
var posts string

// format is one shape of numbers.
type format struct {
	kind, carrier, country, check, prefix string
	pattern                               *regexp.Regexp
}

var formats = sync.OnceValue(func() (all []format) {
	for line := range strings.Lines(formatLines) {
		column := strings.Split(strings.TrimSpace(line), "\t")
		check, prefix, _ := strings.Cut(column[3], " ")
		all = append(all, format{kind: column[0], carrier: column[1], country: column[2], check: check, prefix: prefix,
			pattern: regexp.MustCompile("^" + column[4] + "$")})
	}
	return all
})

// longEnough are the lengths that a number of digits may have; a routing prefix is part of it.
var longEnough = map[int]bool{20: true, 22: true, 26: true, 30: true, 34: true}

const s10Length = len("EA123456785US")

// post answers the name of a country's post, "" when it issues no numbers.
func post(country string) string {
	_, rest, _ := strings.Cut("\n"+posts, "\n"+country+"\t")
	name, _, _ := strings.Cut(rest, "\n")
	return name
}

// fit answers the number that the text is, if it holds as one of ours.
func fit(text string) (Number, bool) {
	f, parts := first(text)
	if f == nil || f.kind == "other" {
		return Number{}, false
	}
	n := Number{Canonical: f.prefix + parts["number"], Carrier: f.carrier, Country: f.country, Zip: parts["zip"], Product: product(f.kind, parts["service"])}
	if f.kind == "s10" {
		n.Canonical, n.Country, n.Carrier = text, parts["country"], post(parts["country"])
	}
	return n, n.Carrier != ""
}

// stranger answers the carrier, not ours, whose number the text is, "" for none.
func stranger(text string) string {
	if f, _ := first(text); f != nil && f.kind == "other" {
		return f.carrier
	}
	return ""
}

// first answers the first format that the text has and holds by, with the named parts of its pattern.
func first(text string) (*format, map[string]string) {
	for i := range formats() {
		f := &formats()[i]
		found := f.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		parts := map[string]string{}
		for i, name := range f.pattern.SubexpNames() {
			parts[name] = found[i]
		}
		if holds(f.check, f.prefix+parts["number"]) {
			return f, parts
		}
	}
	return nil, nil
}
