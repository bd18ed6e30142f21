// Package operator is the profile of the postal operator: its names, telephone numbers and rules. It is configuration,
// never code: a deployment replaces it whole.
package operator

// Profile is what the product says and does differently for each operator.
type Profile struct {
	Name string `json:"name"` // as customers know it
}
