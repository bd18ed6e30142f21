// Command keys prints a fresh key for every ring as lines NAME=VALUE, for a deployment to keep as SSM SecureStrings:
//
//	go run ./infra/keys -id k1 | while IFS='=' read -r name value; do
//	    aws ssm put-parameter --type SecureString --name "/postkontor/$STAGE/$name" --value "$value"
//	done
//
// Without --overwrite, as here, what is there already stays. Package secret says how a ring is rotated.
package main

import (
	"flag"
	"fmt"
	"os"

	"postkontor/shared/secret"
)

func main() {
	id := flag.String("id", "k1", "the id of the new keys")
	flag.Parse()
	made, err := secret.Generate(nil, *id)
	if err != nil {
		fmt.Fprintln(os.Stderr, "keys:", err)
		os.Exit(1)
	}
	fmt.Print(secret.Lines(made))
}
