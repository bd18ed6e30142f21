package check

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"postkontor/shared/locale"
)

const catalogues = "shared/locale/catalogue/"

// catalogue is the words of one area in one language.
type catalogue struct {
	path, area, language string
	words                map[string]string
}

func catalogueFiles(t *testing.T) []catalogue {
	t.Helper()
	var all []catalogue
	for _, path := range files(t) {
		name, ok := strings.CutPrefix(path, catalogues)
		if !ok {
			continue
		}
		c := catalogue{path: path}
		c.area, c.language, _ = strings.Cut(strings.TrimSuffix(name, ".json"), ".")
		if err := json.Unmarshal([]byte(read(t, path)), &c.words); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, c)
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// placeholders answers those of a text, each once, in order.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestCataloguesAgree: every language says all that English says, with the same placeholders. The singular may do
// without its number, and Chinese has no singular of its own.
func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	all := map[string]map[string]catalogue{}
	for _, c := range catalogueFiles(t) {
		if all[c.area] == nil {
			all[c.area] = map[string]catalogue{}
		}
		all[c.area][c.language] = c
	}
	for area, languages := range all {
		english := languages[string(locale.English)].words
		for _, l := range locale.Languages() {
			c, ok := languages[string(l.Code)]
			if !ok {
				t.Errorf("%s has no %s", area, l.Name)
				continue
			}
			compare(t, c, english)
		}
		if len(languages) != len(locale.Languages()) {
			t.Errorf("%s is in %d languages, not %d", area, len(languages), len(locale.Languages()))
		}
	}
}

func compare(t *testing.T, c catalogue, english map[string]string) {
	t.Helper()
	for key, text := range c.words {
		in, ok := english[key]
		if !ok {
			t.Errorf("%s: %s is not in English", c.path, key)
		}
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s: %s says nothing", c.path, key)
		}
		if !strings.HasSuffix(key, ".one") && !slices.Equal(placeholders(in), placeholders(text)) {
			t.Errorf("%s: %s has %v, English %v", c.path, key, placeholders(text), placeholders(in))
		}
		if !strings.HasPrefix(key, c.area+".") && !strings.HasPrefix(key, "fault.") {
			t.Errorf("%s: %s is of another area", c.path, key)
		}
	}
	for key := range english {
		if _, ok := c.words[key]; !ok {
			t.Errorf("%s: %s is missing", c.path, key)
		}
	}
}

// TestKeysAreUnique: no two areas say the same key.
func TestKeysAreUnique(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for _, c := range catalogueFiles(t) {
		for key := range c.words {
			id := c.language + " " + key
			if owner[id] != "" {
				t.Errorf("%s stands in %s and in %s", key, owner[id], c.path)
			}
			owner[id] = c.path
		}
	}
}

// spoken is every string that code and templates hold, each a key, a part of one, or something else.
func spoken(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value)
				said[text] = true
				code, _, _ := strings.Cut(text, "|") // as package web tells huma to write a violation
				said[code] = true
			}
			return true
		})
	}
	quoted := regexp.MustCompile(`"([^"\s]+)"`)
	for _, path := range files(t) {
		if strings.HasSuffix(path, ".html") {
			for _, action := range regexp.MustCompile(`\{\{.*?\}\}`).FindAllString(read(t, path), -1) {
				for _, match := range quoted.FindAllStringSubmatch(action, -1) {
					said[match[1]] = true
				}
			}
		}
	}
	return said
}

var number = regexp.MustCompile(`^\d+$`)

// assembled reports whether a key is one that the code says, whole or in parts that meet at dots: "message." + id +
// ".body", or the code of a fault. A number may be computed.
func assembled(key string, said map[string]bool) bool {
	if said[key] {
		return true
	}
	segments := strings.Split(key, ".")
	reached := make([]bool, len(segments)+1)
	reached[0] = true
	for i := range segments {
		for j := i + 1; reached[i] && j <= len(segments); j++ {
			part := strings.Join(segments[i:j], ".")
			reached[j] = reached[j] || said[part] && (i > 0 || j-i > 1) || said["."+part] || said[part+"."] || said["."+part+"."] ||
				i > 0 && number.MatchString(part)
		}
	}
	return reached[len(segments)]
}

// TestNoWordsInVain: every key is one that the product says.
func TestNoWordsInVain(t *testing.T) {
	t.Parallel()
	said := spoken(t)
	for _, c := range catalogueFiles(t) {
		for key := range c.words {
			if c.language == string(locale.English) && !assembled(key, said) {
				t.Errorf("%s: nothing says %s", c.path, key)
			}
		}
	}
}

// TestNoWordsMissing: every string in the code that looks like a key of an area is one, or begins or ends one.
func TestNoWordsMissing(t *testing.T) {
	t.Parallel()
	words, areas := map[string]bool{}, map[string]bool{}
	for _, c := range catalogueFiles(t) {
		areas[c.area] = true
		for key := range c.words {
			words[key] = true
		}
	}
	keyLike, file := regexp.MustCompile(`^(\w+)\.[a-z][\w.-]*$`), regexp.MustCompile(`\.(js|css|html|json|svg|db)$`)
	known := slices.Sorted(maps.Keys(words))
	for text := range spoken(t) {
		match := keyLike.FindStringSubmatch(text)
		if match == nil || !areas[match[1]] || words[text] || file.MatchString(text) {
			continue
		}
		at, _ := slices.BinarySearch(known, text)
		if at == len(known) || !strings.HasPrefix(known[at], text) {
			t.Errorf("the code says %q, the catalogues do not", text)
		}
	}
}

// TestRefusalsHaveWords: every code that code can refuse with has its words, for the whole or for a field.
func TestRefusalsHaveWords(t *testing.T) {
	t.Parallel()
	words := map[string]bool{}
	for _, c := range catalogueFiles(t) {
		for key := range c.words {
			words[key] = true
		}
	}
	for _, s := range sources(t) {
		if s.test() || !strings.HasPrefix(s.path, "shared/") && !strings.HasPrefix(s.path, "functions/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			code, field, at := refusal(n)
			switch {
			case code == "":
			case field && !words["fault."+code+".field"] && !words["fault."+code+".detail"]:
				t.Errorf("%s: no words for the field code %s", s.set.Position(at), code)
			case !field && !(words["fault."+code+".title"] && words["fault."+code+".detail"]):
				t.Errorf("%s: no title and detail for %s", s.set.Position(at), code)
			}
			return true
		})
	}
}

// refusal answers the code in fault.New(kind, "code"), fault.Error{Code: "code"} or fault.Field{Code: "code"}.
func refusal(n ast.Node) (code string, field bool, at token.Pos) {
	switch n := n.(type) {
	case *ast.CallExpr:
		if nameOf(n.Fun) == "fault.New" && len(n.Args) == 2 {
			return text(n.Args[1]), false, n.Pos()
		}
	case *ast.CompositeLit:
		kind := nameOf(n.Type)
		if kind != "fault.Error" && kind != "fault.Field" {
			return
		}
		for _, element := range n.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok && nameOf(pair.Key) == "Code" {
				return text(pair.Value), kind == "fault.Field", n.Pos()
			}
		}
	}
	return
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return nameOf(e.X) + "." + e.Sel.Name
	}
	return ""
}

func text(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		unquoted, _ := strconv.Unquote(literal.Value)
		return unquoted
	}
	return ""
}
