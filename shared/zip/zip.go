// Package zip tells which city and state a ZIP Code belongs to, and which ZIP Codes a city has.
//
// The data is embedded and searched where it lies: nothing is parsed, copied or kept, so a process that never asks pays
// nothing. us_2026.cities.txt holds every city name once, a line each; us_2026.zips.bin has one record of six bytes
// for each ZIP Code in use, in order: 24 bits the ZIP Code, 6 bits its state's place in States, 18 bits the offset of
// its city's line. One city name per ZIP Code, the preferred one (Pub 28 §221), without aliases.
//
// us_2026.sha256 holds the checksum of the facts as lines "98101,SEATTLE,WA"; infra/zipdata writes all three files.
package zip

import (
	_ "embed" // the data
	"slices"
	"sort"
	"strings"
)

//go:embed us_2026.cities.txt
var cities string

//go:embed us_2026.zips.bin
var zips string

// Effective is when the data was current.
const Effective = "2026"

// size is the length of a record, cityBits the width of its city.
const (
	size     = 6
	cityBits = 18
)

// Place is a city as an address carries it: capitals, no punctuation (Pub 28 §222).
type Place struct {
	City  string
	State string // two letters
}

// Lookup answers the place of a five-digit ZIP Code; false when it is not in use.
func Lookup(zip5 string) (Place, bool) {
	code, ok := number(zip5)
	if !ok {
		return Place{}, false
	}
	n := len(zips) / size
	i := sort.Search(n, func(i int) bool { return record(i)>>24 >= code })
	if i == n || record(i)>>24 != code {
		return Place{}, false
	}
	r := record(i)
	return Place{City: city(int(r & (1<<cityBits - 1))), State: states[r>>cityBits&63].Code}, true
}

// Of answers the ZIP Codes of a city in a state (two letters), ascending; none when no ZIP Code carries that name. Names
// that Fold alike are the same.
func Of(name, state string) []string {
	at := slices.IndexFunc(states[:], func(s State) bool { return s.Code == state })
	if at < 0 {
		return nil
	}
	var found []string
	for _, offset := range offsets(Fold(name)) {
		want := uint64(at)<<cityBits | uint64(offset)
		for i := range len(zips) / size {
			if r := record(i); r&(1<<24-1) == want {
				found = append(found, digits(r>>24))
			}
		}
	}
	slices.Sort(found)
	return found
}

// offsets answers where the lines of the names stand that fold to key; the lines are in the order of Fold.
func offsets(key string) []int {
	low, high := 0, len(cities)
	for low < high {
		middle := lineAt((low + high) / 2)
		if Fold(city(middle)) < key {
			low = middle + len(city(middle)) + 1
		} else {
			high = middle
		}
	}
	var found []int
	for low < len(cities) && Fold(city(low)) == key {
		found = append(found, low)
		low += len(city(low)) + 1
	}
	return found
}

// lineAt answers where the line begins that holds position i.
func lineAt(i int) int { return strings.LastIndexByte(cities[:i], '\n') + 1 }

// city answers the line that begins at offset.
func city(offset int) string {
	name, _, _ := strings.Cut(cities[offset:], "\n")
	return name
}

func record(i int) uint64 {
	b := zips[i*size : i*size+size]
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5])
}

func number(zip5 string) (uint64, bool) {
	if len(zip5) != 5 {
		return 0, false
	}
	var n uint64
	for _, c := range []byte(zip5) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

func digits(n uint64) string {
	b := []byte("00000")
	for i := 4; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}
