package account

// duplicate is what a profile says of being, or having met, a second account of one person at one address.
type duplicate struct{}
