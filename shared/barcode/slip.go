package barcode

import "strings"

// suggest answers the only number that one of the slips can have made the text of, "" when there is none or several.
func suggest(text string, slips func(text string) []string) string {
	only := ""
	for _, candidate := range slips(text) {
		number, ok := fit(candidate)
		switch {
		case !ok || number.Canonical == only:
		case only != "":
			return ""
		default:
			only = number.Canonical
		}
	}
	return only
}

// slips answers every text that differs in one digit, or in the order of two digits beside each other.
func slips(text string) (all []string) {
	for i, was := range []byte(text) {
		if was < '0' || was > '9' {
			continue
		}
		for digit := byte('0'); digit <= '9'; digit++ {
			if digit != was {
				all = append(all, text[:i]+string(digit)+text[i+1:])
			}
		}
		if i > 0 && text[i-1] >= '0' && text[i-1] <= '9' && text[i-1] != was {
			all = append(all, text[:i-1]+string([]byte{was, text[i-1]})+text[i+1:])
		}
	}
	return all
}

var looksLike = strings.NewReplacer("O", "0", "I", "1", "L", "1", "Z", "2", "S", "5", "B", "8")

// lookalikes answers the text with digits for the letters that look like them, as a number of digits and as an S10.
func lookalikes(text string) []string {
	all := []string{looksLike.Replace(text)}
	if len(text) == s10Length {
		all = append(all, text[:2]+looksLike.Replace(text[2:s10Length-2])+text[s10Length-2:])
	}
	return all
}
