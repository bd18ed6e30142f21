package account

// closing is what a profile says of having been closed.
type closing struct{}
