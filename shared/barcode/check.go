package barcode

// holds reports whether the last digit is the check digit of those before it; "-" is no check.
func holds(check, digits string) bool {
	last := len(digits) - 1
	switch check {
	case "mod10":
		return mod10(digits[:last]) == digits[last]
	case "mod11":
		return weighed(digits[:last], []int{8, 6, 4, 2, 3, 5, 9, 7}, s10Digits) == digits[last]
	case "express":
		return weighed(digits[:last], []int{3, 1, 7}, expressDigits) == digits[last]
	}
	return true
}

// mod10 answers the check digit of GS1 and of IMpb: from the right, weights 3, 1, 3, 1 … (Publication 199).
func mod10(digits string) byte {
	sum := 0
	for i := range len(digits) {
		weight := 1
		if (len(digits)-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(digits[i]-'0')
	}
	return '0' + byte((10-sum%10)%10)
}

// The check digits for each remainder of the weighed sum by 11: of S10 (11 less the remainder; 10 becomes 0, 11 becomes
// 5), and of FedEx Express (the remainder; 10 becomes 0).
const (
	s10Digits     = "50987654321"
	expressDigits = "01234567890"
)

// weighed answers the check digit by weights from the left, over and over, modulo 11.
func weighed(digits string, weights []int, check string) byte {
	sum := 0
	for i := range len(digits) {
		sum += weights[i%len(weights)] * int(digits[i]-'0')
	}
	return check[sum%11]
}
