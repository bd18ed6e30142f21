package check

import (
	"go/ast"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// given are variables that Lambda itself sets, or that the Go runtime reads.
var given = []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOMAXPROCS", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// TestEnvironmentsFit: each function finds in its environment what it reads, and nothing that it does not.
func TestEnvironmentsFit(t *testing.T) {
	t.Parallel()
	whole, err := wholeTemplate()
	if err != nil {
		t.Fatal(err)
	}
	all, _ := member(whole, "Globals", "Function", "Environment", "Variables").(object)
	reads := variablesRead(t)
	read := map[string]bool{} // by any function: what all are given
	for name, id := range functionsDeployed(t) {
		own, _ := member(template(t)[id].Properties, "Environment", "Variables").(object)
		wanted := map[string]bool{}
		for _, linked := range packages(t)["functions/"+name+"/lambda"].Deps {
			maps.Copy(wanted, reads[strings.TrimPrefix(linked, module)])
		}
		maps.Copy(wanted, reads["functions/"+name+"/lambda"])
		maps.Copy(read, wanted)
		for variable := range wanted {
			_, isOwn := own[variable]
			if _, isAll := all[variable]; !isOwn && !isAll && !slices.Contains(given, variable) {
				t.Errorf("%s reads %s, which template.yaml does not set", name, variable)
			}
		}
		for variable := range own {
			if !wanted[variable] && !slices.Contains(given, variable) {
				t.Errorf("template.yaml sets %s for %s, which does not read it", variable, name)
			}
		}
	}
	for variable := range all {
		if !read[variable] && !slices.Contains(given, variable) {
			t.Errorf("template.yaml sets %s, which no function reads", variable)
		}
	}
}

// variablesRead answers, by the path of the package, the variables of the environment that it reads.
func variablesRead(t *testing.T) map[string]map[string]bool {
	t.Helper()
	all := map[string]map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		folder := path.Dir(s.path)
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 || !slices.Contains([]string{"os.Getenv", "Must", "deployed.Must"}, nameOf(call.Fun)) {
				return true
			}
			if variable := text(call.Args[0]); variable != "" {
				if all[folder] == nil {
					all[folder] = map[string]bool{}
				}
				all[folder][variable] = true
			}
			return true
		})
	}
	return all
}
