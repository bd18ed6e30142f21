package check

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module = "postkontor/"
	sdk    = "github.com/aws/aws-sdk-go-v2"
)

// listed is one package as `go list` tells it.
type listed struct {
	ImportPath string
	Imports    []string // without those of tests
	Deps       []string // all that a binary of it links
}

// packages answers the packages of the module by their paths, without the module's name.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	all, err := goList()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var goList = sync.OnceValues(func() (map[string]listed, error) {
	list := exec.Command("go", "list", "-e", "-tags", "lambda.norpc", "-json=ImportPath,Imports,Deps", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	all := map[string]listed{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[strings.TrimPrefix(p.ImportPath, module)] = p
	}
})

// function answers the name of the function that a package belongs to, "" for none.
func function(path string) string {
	rest, ok := strings.CutPrefix(path, "functions/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	for path, p := range packages(t) {
		for _, imported := range p.Imports {
			imported, own := strings.CutPrefix(imported, module)
			switch {
			case !own:
			case strings.HasPrefix(path, "shared/") && !strings.HasPrefix(imported, "shared/"):
				t.Errorf("%s imports %s: shared serves functions and does not know them", path, imported)
			case function(path) != "" && function(imported) != "" && function(path) != function(imported):
				t.Errorf("%s imports %s: functions meet in shared only", path, imported)
			case function(path) != "" && strings.HasPrefix(imported, "infra/") && imported != "infra/openapi":
				t.Errorf("%s imports %s: what is deployed does not know how, but for the API's own description", path, imported)
			}
		}
	}
}

// TestAmazonStaysOutside: the domain runs without any cloud; only adapters, and what wires them, know the SDK.
func TestAmazonStaysOutside(t *testing.T) {
	t.Parallel()
	adapters := []string{"shared/awsjson", "shared/deployed", "shared/table/dynamo", "shared/message/sns", "shared/message/ses", "shared/message/letter"}
	for path, p := range packages(t) {
		if slices.Contains(adapters, path) || strings.HasPrefix(path, "infra/") || strings.HasSuffix(path, "/lambda") {
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, sdk) {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

// weights are modules that cost every cold start milliseconds or megabytes, and the functions that pay for them.
var weights = map[string][]string{
	sdk + "/service/sns":              {"courier"},
	sdk + "/service/sesv2":            {"courier"},
	sdk + "/service/sqs":              {},
	sdk + "/service/ssm":              {},
	sdk + "/config":                   {},
	"github.com/nyaruka/phonenumbers": {"signup", "profile", "desk"},
	"go.etcd.io/bbolt":                {},
	"github.com/chromedp":             {},
	"github.com/go-pdf/fpdf":          {"courier"},
	"pgregory.net/rapid":              {},
	"net/rpc":                         {},
	"testing":                         {},
}

func TestBinariesLinkOnlyWhatTheyUse(t *testing.T) {
	t.Parallel()
	for path, p := range packages(t) {
		name := function(path)
		if name == "" || !strings.HasSuffix(path, "/lambda") {
			continue
		}
		for _, linked := range p.Deps {
			for weight, payers := range weights {
				if (linked == weight || strings.HasPrefix(linked, weight+"/")) && !slices.Contains(payers, name) {
					t.Errorf("%s links %s", name, linked)
				}
			}
		}
	}
}
