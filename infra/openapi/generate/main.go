// Command generate prints the OpenAPI document of the whole API.
package main

import (
	"fmt"
	"os"

	"postkontor/infra/house"
)

func main() {
	document, err := house.Plain().Document()
	if err == nil {
		_, err = os.Stdout.Write(document)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}
