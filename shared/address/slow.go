package address

import "slices"

// slow are the states outside the 48 that touch each other: Alaska, Hawaii, the territories, the freely associated states
// and the military post offices (Pub 28 Appendix B).
var slow = []string{"AK", "HI", "PR", "VI", "GU", "AS", "MP", "FM", "MH", "PW", "AA", "AE", "AP"}

// SlowMail says whether a letter to the address takes longer, so that its code is valid longer (SP 800-63B-4 §4.2.1.2).
func SlowMail(a Address) bool { return slices.Contains(slow, a.State) }
