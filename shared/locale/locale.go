// Package locale holds the words of the product in its four languages.
//
// The catalogues are flat JSON objects in catalogue/AREA.LANG.json; the first part of a key names its area, but the
// words of fault codes ("fault.CODE.title", ".detail", ".field") stand in the file of the area that raises them.
// A catalogue is parsed when its language is first used. A test holds all languages to the same keys and placeholders.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
)

//go:embed catalogue/*.json
var files embed.FS

// Tag is one of the languages of the product, as a BCP 47 tag.
type Tag string

// The languages, in the order in which they are offered. English is what everything falls back to.
const (
	English Tag = "en"
	Spanish Tag = "es"
	Swedish Tag = "sv"
	Chinese Tag = "zh-Hans"
)

// Language is a language as it is offered: its name is in itself.
type Language struct {
	Code Tag    `json:"code" doc:"BCP 47 tag" example:"es"`
	Name string `json:"name" doc:"The language's name in itself" example:"Español"`
}

// Languages answers all languages, English first.
func Languages() []Language {
	return []Language{{English, "English"}, {Spanish, "Español"}, {Swedish, "Svenska"}, {Chinese, "简体中文"}}
}

// Name is the language's name in itself; of what is none of the languages its code.
func (t Tag) Name() string {
	for _, l := range Languages() {
		if l.Code == t {
			return l.Name
		}
	}
	return string(t)
}

// Parse answers the tag of that exact code.
func Parse(code string) (Tag, bool) {
	for _, l := range Languages() {
		if string(l.Code) == code {
			return l.Code, true
		}
	}
	return English, false
}

var matcher = sync.OnceValue(func() language.Matcher {
	var tags []language.Tag
	for _, l := range Languages() {
		tags = append(tags, language.Make(string(l.Code)))
	}
	return language.NewMatcher(tags)
})

// Match answers the best language for an Accept-Language header, English when none fits.
func Match(accept string) Tag {
	if accept == "" || len(accept) > 500 {
		return English
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return English
	}
	_, i, confidence := matcher().Match(wanted...)
	if confidence == language.No {
		return English
	}
	return Languages()[i].Code
}

// catalogues parses each language once, on first use.
var catalogues = map[Tag]func() map[string]string{
	English: sync.OnceValue(func() map[string]string { return parse(English) }),
	Spanish: sync.OnceValue(func() map[string]string { return parse(Spanish) }),
	Swedish: sync.OnceValue(func() map[string]string { return parse(Swedish) }),
	Chinese: sync.OnceValue(func() map[string]string { return parse(Chinese) }),
}

// parse reads all catalogue files of one language; they are part of the binary, so a broken one is a bug.
func parse(tag Tag) map[string]string {
	words := map[string]string{}
	names, _ := fs.Glob(files, "catalogue/*."+string(tag)+".json")
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(data, &words)
		}
		if err != nil {
			panic(fmt.Sprintf("locale: catalogue %s: %v", name, err))
		}
	}
	return words
}

// Lookup answers the text of a key as it stands in the catalogue, and whether it is there.
func Lookup(tag Tag, key string) (string, bool) {
	words, ok := catalogues[tag]
	if !ok {
		words = catalogues[English]
	}
	text, ok := words()[key]
	return text, ok
}

// Text answers the text of a key with its {placeholders} filled from pairs of name and value. A missing key is
// answered as itself, so that it is seen.
func Text(tag Tag, key string, pairs ...string) string {
	text, ok := Lookup(tag, key)
	if !ok {
		return key
	}
	return Fill(text, pairs...)
}

// Fill replaces the {placeholders} of a text.
func Fill(text string, pairs ...string) string {
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	replacements := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		replacements = append(replacements, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(replacements...).Replace(text)
}

// Count answers the text of key.one or key.other for n, with {n} filled. Chinese has only "other".
func Count(tag Tag, key string, n int, pairs ...string) string {
	form := ".other"
	if n == 1 && tag != Chinese {
		form = ".one"
	}
	return Text(tag, key+form, append(pairs, "n", strconv.Itoa(n))...)
}

// Moment answers a moment in words, to the minute, in UTC.
func Moment(tag Tag, at time.Time) string { return dated(tag, "locale.when", at.UTC()) }

// LocalMoment answers a moment in words, to the minute, by the clock of its own location, which it names.
func LocalMoment(tag Tag, at time.Time) string { return dated(tag, "locale.when", at) }

// Day answers a day in words, in UTC.
func Day(tag Tag, at time.Time) string { return dated(tag, "locale.day", at.UTC()) }

// StoredDay answers a day that is kept as 2026-11-24 in words; what is none as it is.
func StoredDay(tag Tag, day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return Day(tag, at)
}

func dated(tag Tag, key string, at time.Time) string {
	month := Text(tag, "locale.month."+strconv.Itoa(int(at.Month())))
	return Text(tag, key, "month", month, "day", strconv.Itoa(at.Day()), "year", strconv.Itoa(at.Year()), "time", at.Format("15:04"),
		"zone", at.Format("MST"))
}
