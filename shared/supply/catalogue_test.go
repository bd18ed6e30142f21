package supply_test

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"postkontor/shared/locale"
	"postkontor/shared/supply"
)

// files answers the data of the repository, with parts of a file replaced.
func files(t *testing.T, name string, replace ...string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	entries, err := os.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile("data/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = &fstest.MapFile{Data: data}
	}
	if name != "" {
		before := string(all[name].Data)
		after := strings.NewReplacer(replace...).Replace(before)
		if after == before {
			t.Fatalf("%s: nothing to replace by %q", name, replace)
		}
		all[name] = &fstest.MapFile{Data: []byte(after)}
	}
	return all
}

// TestData: what is shipped can be read and is drawn, and a name that is there in one language more is there in all.
func TestData(t *testing.T) {
	t.Parallel()
	english, err := supply.Parse(os.DirFS("data"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	products, words := english.Find(supply.Filter{})
	for _, p := range products {
		if _, err := os.Stat("pictures/" + p.Image + ".svg"); err != nil {
			t.Errorf("%s is not drawn: %v", p.SKU, err)
		}
	}
	for _, l := range locale.Languages()[1:] {
		there, said := english.In(l.Code).Find(supply.Filter{})
		for i, p := range there {
			if p.Name != products[i].Name {
				named[p.SKU]++
			}
		}
		for i, kind := range said.Kind {
			if kind.Name != words.Kind[i].Name {
				named[kind.Value]++
			}
		}
	}
	for what, n := range named {
		if n < len(locale.Languages())-1 {
			t.Errorf("%s is named in some languages only", what)
		}
	}
}

// TestBrokenData is refused with the file and the line of what is wrong.
func TestBrokenData(t *testing.T) {
	t.Parallel()
	const products, limits, words = "free_shipping_supplies.csv", "limits.csv", "words.csv"
	for want, broken := range map[string][]string{
		products + ":1: the column pack_options is missing":             {products, "pack_options", "packs"},
		products + ":1: the column sku stands there twice":              {products, "store_id", "sku"},
		products + ":1: name_fr: no language of the product":            {products, "name_sv", "name_fr"},
		products + ":2: sku: EP14! has no limits":                       {products, ",EP14,", ",EP14!,"},
		products + ":2: sku: capitals":                                  {products, ",EP14,", ",EP14!,"},
		products + ":3: sku: EP14 stands there twice":                   {products, ",EP14PE,", ",EP14,"},
		products + ":2: name: is missing":                               {products, "Priority Mail Poly Envelopes", " "},
		products + ":2: name: over 100 characters":                      {products, "Priority Mail Poly Envelopes", strings.Repeat("x", 101)},
		products + ":2: name: is no text":                               {products, "Priority Mail Poly Envelopes", "\"Poly\nEnvelopes\""},
		products + ":2: name_sv: is no text":                            {products, "Plastkuvert", "Plast\xffkuvert"},
		products + ":2: pack_options: pieces, a whole number from 1 to": {products, "envelope,10,15,11.625", "envelope,0,15,11.625"},
		products + ":7: pack_options: ascending, each once":             {products, "flat_rate_box,1|10|25,8.6875", "flat_rate_box,10|1|25,8.6875"},
		products + ":8: pack_options: ascending, each once":             {products, "flat_rate_box,1|10|25,11.25", "flat_rate_box,10|10|25,11.25"},
		products + ":9: pack_options: pieces, a whole number":           {products, "flat_rate_box,1|10|25,14.125", "flat_rate_box,1|ten|25,14.125"},
		products + ":2: outside_l_in: inches":                           {products, "envelope,10,15,11.625", "envelope,10,NaN,11.625"},
		products + ":2: outside_l_in, outside_w_in: both":               {products, "envelope,10,15,11.625", "envelope,10,,11.625"},
		products + ":2: price_usd: nothing here takes a payment":        {products, "15,11.625,,0.00", "15,11.625,,1.00"},
		products + ":2: wrong number of fields":                         {products, "15,11.625,,0.00", "15,11.625,,0.00,"},
		products + ":2: pack_options: every pack is over the limit":     {limits, "EP14,shipping-supplies,free-shipping-supplies,envelopes,100", "EP14,shipping-supplies,free-shipping-supplies,envelopes,9"},
		limits + ":2: max_per_30_days_pieces: less than for one order":  {limits, "envelopes,100,300\nEP14PE", "envelopes,100,99\nEP14PE"},
		limits + ":2: max_per_order_pieces: pieces, a whole number":     {limits, "envelopes,100,300\nEP14PE", "envelopes,-1,300\nEP14PE"},
		limits + ":28: sku: there is no product LABEL-1":                {limits, "LABEL-106A", "LABEL-1"},
		limits + ":7: kind: crates has no words in words.csv":           {limits, "boxes,50,150\nO-FRB1", "crates,50,150\nO-FRB1"},
		words + ":4: wrong number of fields":                            {words, "boxes,Boxes", "boxes"},
		words + ":8: value: lower case, once":                           {words, "\nboxes", "\nkits"},
		words + ":4: en: is missing":                                    {words, "boxes,Boxes", "boxes,"},
	} {
		_, err := supply.Parse(files(t, broken[0], broken[1:]...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
	for _, name := range []string{products, limits, words} {
		all := files(t, "")
		header, _, _ := strings.Cut(string(all[name].Data), "\n")
		all[name] = &fstest.MapFile{Data: []byte("\ufeff" + header + "\r\n")}
		if _, err := supply.Parse(all); err == nil || !strings.Contains(err.Error(), name+":2: there is nothing below") {
			t.Errorf("%s without a line: %v", name, err)
		}
		delete(all, name)
		if _, err := supply.Parse(fs.FS(all)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is missing: %v", name, err)
		}
	}
}

func skus(products []supply.Product) (all []string) {
	for _, p := range products {
		all = append(all, p.SKU)
	}
	return all
}

func TestFind(t *testing.T) {
	t.Parallel()
	c := supply.Default()
	labels := []string{"LABEL-228", "LABEL-107R", "LABEL-106A"}
	for _, find := range []struct {
		lang   locale.Tag
		filter supply.Filter
		want   []string
	}{
		{"en", supply.Filter{Category: "shipping-supplies", Type: "free-shipping-supplies", Kind: "labels"}, labels},
		{"en", supply.Filter{Query: "labels"}, labels},
		{"es", supply.Filter{Query: "ETIQUETA direccion"}, labels[:1]},
		{"es", supply.Filter{Query: "sticker"}, labels[1:]},
		{"sv", supply.Filter{Query: "adressetikett"}, labels[:1]},
		{"zh-Hans", supply.Filter{Query: "地址标签"}, labels[:1]},
		{"en", supply.Filter{Query: "o-frb1"}, []string{"O-FRB1"}},
		{"en", supply.Filter{Query: "flat box", Kind: "labels"}, nil},
		{"en", supply.Filter{Kind: "crates"}, nil},
		{"en", supply.Filter{Category: "labels"}, nil},
		{"en", supply.Filter{Type: "shipping-supplies"}, nil},
		{"en", supply.Filter{Query: "zeppelin"}, nil},
	} {
		if got, _ := c.In(find.lang).Find(find.filter); !slices.Equal(skus(got), find.want) {
			t.Errorf("%s %+v finds %v", find.lang, find.filter, skus(got))
		}
	}
}

// TestFacets: a filter's values are counted beside the other filters, not beside itself.
func TestFacets(t *testing.T) {
	t.Parallel()
	items, facets := supply.Default().In(locale.Spanish).Find(supply.Filter{Kind: "labels", Query: "Priority Mail"})
	counts := map[string]int{}
	for _, f := range slices.Concat(facets.Category, facets.Type, facets.Kind) {
		counts[f.Value+" "+f.Name] = f.Count
	}
	want := map[string]int{"shipping-supplies Suministros de envío": len(items), "free-shipping-supplies Suministros de envío gratuitos": len(items),
		"envelopes Sobres": 10, "boxes Cajas": 11, "labels Etiquetas": 3}
	if !maps.Equal(counts, want) {
		t.Errorf("%v", counts)
	}
}
