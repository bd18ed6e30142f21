package barcode

import "strings"

// products are what service codes stand for: the service type codes of IMpb and of the numbers before it (the first
// digits after the application identifier), and the first letters of S10. What is not here is not known.
var products = []struct{ kind, codes, id string }{
	{"impb", "021", "signature-confirmation"},
	{"impb", "033", "collect-on-delivery"},
	{"impb", "055", "priority-mail"},
	{"impb", "073 890", "certified-mail"},
	{"impb", "088", "registered-mail"},
	{"impb", "612", "parcel-select"},
	{"impb", "701", "priority-mail-express"},
	{"legacy", "01 02 03 04 05 06 07 08 14", "delivery-confirmation"},
	{"legacy", "21 22 23 24 25 26 34", "signature-confirmation"},
	{"legacy", "73", "insured-mail"},
	{"legacy", "82 83 85", "merchandise-return"},
	{"s10", "E", "ems"},
	{"s10", "C", "international-parcel"},
	{"s10", "H", "international-packet"},
	{"s10", "R", "international-registered"},
	{"s10", "V", "international-insured"},
	{"s10", "L U", "international-letter"},
	{"s10", "M", "international-m-bag"},
	{"s10", "Q", "international-reply"},
}

// product answers the id of what a number's service code stands for, "" when it is not known.
func product(kind, service string) string {
	if kind == "s10" {
		service = service[:1]
	}
	for _, p := range products {
		if p.kind == kind && strings.Contains(" "+p.codes+" ", " "+service+" ") {
			return p.id
		}
	}
	return ""
}
