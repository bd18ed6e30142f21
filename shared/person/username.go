package person

import (
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"strings"

	"postkontor/shared/fault"
)

// The length of a username, in characters.
const (
	MinUsername = 3
	MaxUsername = 32
)

// FoldUsername answers the form in which usernames are compared: A–Z become a–z, nothing else changes.
func FoldUsername(username string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, username)
}

// CheckUsername refuses what is not 3–32 of a–z, 0–9, period, underscore and hyphen, or does not start with a letter. Case does
// not matter.
func CheckUsername(location, username string) *fault.Field {
	folded := FoldUsername(username)
	if len(folded) < MinUsername || len(folded) > MaxUsername || !isLetter(rune(folded[0])) || strings.ContainsFunc(folded, notUsername) {
		return &fault.Field{Location: location, Code: "username_invalid"}
	}
	return nil
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

func notUsername(r rune) bool {
	return !isLetter(r) && !(r >= '0' && r <= '9') && !strings.ContainsRune("._-", r)
}

// suggested is how many candidates Suggestions answers.
const suggested = 24

// Suggestions answers valid usernames made from what the person typed, the nicest first, none of them twice and none
// what was asked for: the input with everything invalid taken out, the parts of name and e-mail address where they are known,
// then these with random digits (nil: crypto/rand.Reader).
func Suggestions(input string, n Name, email string, random io.Reader) []string {
	stems := stemsOf(input, n, email)
	asked := FoldUsername(input)
	var names []string
	seen := map[string]bool{asked: true}
	add := func(name string) {
		if len(names) < suggested && !seen[name] && CheckUsername("", name) == nil {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, stem := range stems {
		add(stem)
	}
	digits := source(random)
	for round := 0; len(names) < suggested; round++ {
		for _, stem := range stems {
			end := digits.IntN([]int{100, 1000, 10_000}[round/4%3])
			add(fmt.Sprint(stem, []string{"", ".", "_", "-"}[round%4], end))
		}
	}
	return names
}

// stemsOf answers the beginnings of names, short enough for digits behind them; one at least.
func stemsOf(input string, n Name, email string) []string {
	first, last := slug(n.First, ""), slug(n.Last, "")
	local, _, _ := strings.Cut(email, "@")
	all := []string{slug(input, ""), slug(input, ".")}
	if CheckUsername("", input) == nil {
		all = []string{FoldUsername(input)}
	}
	if first != "" && last != "" {
		all = append(all, first+"."+last, first+last, first[:1]+last, first+last[:1], last+"."+first)
	}
	all = append(all, slug(local, "."), first, last)
	var stems []string
	for _, stem := range all {
		stem = strings.TrimRight(stem[:min(len(stem), MaxUsername-5)], "._-")
		if stem != "" {
			stems = append(stems, stem)
		}
	}
	if len(stems) == 0 {
		stems = []string{"user"}
	}
	return stems
}

// slug answers the letters and digits of text that a username may have, words joined by joint, from the first letter on.
func slug(text, joint string) string {
	folded := strings.ReplaceAll(FoldName(strings.ReplaceAll(text, ".", " ")), " ", joint)
	kept := strings.Map(func(r rune) rune {
		if notUsername(r) {
			return -1
		}
		return r
	}, folded)
	return strings.TrimLeftFunc(kept, func(r rune) bool { return !isLetter(r) })
}

// source answers random numbers that begin with 32 bytes of random.
func source(random io.Reader) *mathrand.Rand {
	if random == nil {
		random = rand.Reader
	}
	var seed [32]byte
	_, _ = io.ReadFull(random, seed[:]) // the candidates are no secret
	return mathrand.New(mathrand.NewChaCha8(seed))
}
