package page

// Asset answers the address of a built asset.
func Asset(name string) string { return "/assets/" + name }
