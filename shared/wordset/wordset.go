// Package wordset holds a large set of words compactly and answers whether a word is in it, without being opened.
//
// A set is the bytes "PKW1", the count as four bytes and, sorted, the first five bytes of the SHA-256 of each word.
// Embedded as a string it costs nothing until it is asked, then one hash and a binary search. It does not show its words.
// A word that is not in a set of n is taken for one that is with a probability of n/2^40.
package wordset

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"sort"
)

// Set is a packed set. The empty one has no words.
type Set string

const (
	magic  = "PKW1"
	header = len(magic) + 4
	width  = 5
)

// Pack makes a set of the words; repeats count once.
func Pack(words []string) Set {
	keys := make([]string, len(words))
	for i, word := range words {
		keys[i] = key(word)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	packed := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(keys)))
	for _, k := range keys {
		packed = append(packed, k...)
	}
	return Set(packed)
}

// Has reports whether the word is in the set.
func (s Set) Has(word string) bool {
	k := key(word)
	i := sort.Search(s.Len(), func(i int) bool { return s.at(i) >= k })
	return i < s.Len() && s.at(i) == k
}

// Len is how many words the set has.
func (s Set) Len() int { return max(0, len(s)-header) / width }

// Check answers what is wrong with a set that was read from a file; nil when nothing is.
func (s Set) Check() error {
	if len(s) < header || string(s[:len(magic)]) != magic {
		return errors.New("wordset: not a set")
	}
	if n := int(binary.BigEndian.Uint32([]byte(s[len(magic):header]))); len(s) != header+n*width {
		return errors.New("wordset: its length is not that of its count")
	}
	for i := 1; i < s.Len(); i++ {
		if s.at(i-1) >= s.at(i) {
			return errors.New("wordset: not sorted")
		}
	}
	return nil
}

func (s Set) at(i int) string { return string(s[header+i*width : header+(i+1)*width]) }

func key(word string) string {
	sum := sha256.Sum256([]byte(word))
	return string(sum[:width])
}
