package message

import "unicode/utf16"

// gsm7 is the basic character set of 3GPP TS 23.038 §6.2.1; gsm7Extension takes two places each.
const (
	gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm7Extension = "\f^{}\\[~]|€"
)

// Segments answers how many SMS segments a text takes, and whether it fits GSM-7: 160 septets in one segment or 153 in
// each of several, else 70 or 67 UTF-16 units.
func Segments(text string) (segments int, isGSM7 bool) {
	size, single, part := 0, 160, 153
	isGSM7 = true
	for _, r := range text {
		septets := septetsOf(r)
		if septets == 0 {
			isGSM7 = false
			break
		}
		size += septets
	}
	if !isGSM7 {
		size, single, part = len(utf16.Encode([]rune(text))), 70, 67
	}
	if size <= single {
		return 1, isGSM7
	}
	return (size + part - 1) / part, isGSM7
}

// septetsOf is 0 for what GSM-7 has not.
func septetsOf(r rune) int {
	for _, c := range gsm7 {
		if c == r {
			return 1
		}
	}
	for _, c := range gsm7Extension {
		if c == r {
			return 2
		}
	}
	return 0
}
