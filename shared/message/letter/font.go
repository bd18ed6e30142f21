package letter

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
)

// letter.ttf is WenQuanYi Micro Hei cut to Latin letters and to the Chinese characters of the letters' own words:
// `make letter-font` cuts it anew when those change.
//
//go:embed letter.ttf
var font []byte

// Printable says whether the font has every character of a text.
func Printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !glyphs()[r] })
}

// glyphs are the characters that the font has: its cmap subtable of format 4 (OpenType, "cmap").
var glyphs = sync.OnceValue(func() map[rune]bool {
	number := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	long := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	has := map[rune]bool{}
	for table := 12; table < 12+16*number(4); table += 16 {
		if string(font[table:table+4]) != "cmap" {
			continue
		}
		cmap := long(table + 8)
		for record := cmap + 4; record < cmap+4+8*number(cmap+2); record += 8 {
			at := cmap + long(record+4)
			if number(at) != 4 {
				continue
			}
			segments := number(at+6) / 2
			for end := at + 14; end < at+14+2*segments; end += 2 {
				for r := number(end + 2*segments + 2); r <= number(end) && r != 0xffff; r++ {
					has[rune(r)] = true
				}
			}
		}
	}
	return has
})
