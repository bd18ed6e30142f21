package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement is one statement of a role's policy.
type statement struct {
	Actions   []string
	Resources []any
	Keys      []string // dynamodb:LeadingKeys
}

// functionsDeployed answers the names of the template's functions ("login") with their logical ids.
func functionsDeployed(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, id := range of(t, "AWS::Serverless::Function") {
		all[strings.ToLower(strings.TrimSuffix(id, "Function"))] = id
	}
	return all
}

// allowed answers what the role of a function allows; a deny only takes away.
func allowed(t *testing.T, name string) []statement {
	t.Helper()
	function := template(t)[functionsDeployed(t)[name]]
	role, _ := member(function.Properties, "Role", "Fn::GetAtt").([]any)
	if len(role) != 2 || template(t)[fmt.Sprint(role[0])].Type != "AWS::IAM::Role" {
		t.Fatalf("%s has no role of its own", name)
	}
	var all []statement
	policies, _ := template(t)[fmt.Sprint(role[0])].Properties["Policies"].([]any)
	for _, policy := range policies {
		statements, _ := member(policy, "PolicyDocument", "Statement").([]any)
		for _, s := range statements {
			if choice, ok := member(s, "Fn::If").([]any); ok {
				s = choice[1]
			}
			if member(s, "Effect") == "Allow" {
				all = append(all, statement{list(member(s, "Action")), anyList(member(s, "Resource")),
					list(member(s, "Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys"))})
			}
		}
	}
	return all
}

func anyList(v any) []any {
	if all, ok := v.([]any); ok || v == nil {
		return all
	}
	return []any{v}
}

func list(v any) (texts []string) {
	for _, item := range anyList(v) {
		texts = append(texts, fmt.Sprint(item))
	}
	return texts
}

// tableOf answers the name of the table that an ARN in the template belongs to, "" for no table.
func tableOf(resource any) string {
	arn, _ := member(resource, "Fn::GetAtt").([]any)
	if len(arn) != 2 || arn[1] != "Arn" {
		return ""
	}
	name, ok := strings.CutSuffix(fmt.Sprint(arn[0]), "Table")
	if !ok {
		return ""
	}
	return strings.ToLower(name)
}

// partitions of the table accounts that only some functions may touch. The others have ACCOUNT#* alone, so that those
// who see most requests cannot even read a password hash.
var partitions = map[string][]string{
	"USERNAME#*": {"login", "signup", "recovery", "profile", "desk", "sweep"},
	"ACCOUNT#*":  nil, // anyone
	"EMAIL#*":    {"login", "signup", "recovery", "profile", "desk", "sweep", "courier"},
	"PHONE#*":    {"login", "signup", "recovery", "profile", "desk", "sweep"},
	"ADDRESS#*":  {"login", "recovery", "profile", "desk", "sweep"},
	"RECOVERY#*": {"recovery", "desk"},
	"DUE#*":      {"sweep"},
}

func TestRolesAllowNoMore(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for name, id := range functionsDeployed(t) {
		role := fmt.Sprint(member(template(t)[id].Properties, "Role"))
		if owner[role] != "" {
			t.Errorf("%s and %s share a role", name, owner[role])
		}
		owner[role] = name
		for _, s := range allowed(t, name) {
			checkStatement(t, name, s)
		}
	}
}

func checkStatement(t *testing.T, name string, s statement) {
	t.Helper()
	for _, action := range s.Actions {
		if strings.ContainsAny(action, "*?") || action == "dynamodb:Scan" {
			t.Errorf("%s may %s", name, action)
		}
	}
	for _, r := range s.Resources {
		// A telephone number has no ARN.
		if text := fmt.Sprint(r); text == "*" && !strings.HasPrefix(s.Actions[0], "sns:") {
			t.Errorf("%s may %v on everything", name, s.Actions)
		}
		if tableOf(r) == "accounts" && len(s.Keys) == 0 {
			t.Errorf("%s may %v on all accounts' partitions", name, s.Actions)
		}
	}
	for _, key := range s.Keys {
		if who, known := partitions[key]; !known || who != nil && !slices.Contains(who, name) {
			t.Errorf("%s may %v on %s", name, s.Actions, key)
		}
	}
}

// TestKeysAreNamed: a role reads the rings it needs by their names, through Parameter Store only.
func TestKeysAreNamed(t *testing.T) {
	t.Parallel()
	ring := regexp.MustCompile(`:parameter\$\{KeysPrefix\}/\$\{Stage\}/[a-z-]+$`)
	for name := range functionsDeployed(t) {
		for _, s := range allowed(t, name) {
			if !strings.HasPrefix(s.Actions[0], "ssm:") {
				continue
			}
			for _, r := range s.Resources {
				if arn := fmt.Sprint(member(r, "Fn::Sub")); !ring.MatchString(arn) {
					t.Errorf("%s may read %s", name, arn)
				}
			}
		}
	}
}

// TestEnvironmentsHoldNoSecret: who can look at a function's settings sees them all.
func TestEnvironmentsHoldNoSecret(t *testing.T) {
	t.Parallel()
	whole, err := wholeTemplate()
	if err != nil {
		t.Fatal(err)
	}
	environments := []any{member(whole, "Globals", "Function", "Environment", "Variables")}
	for _, id := range functionsDeployed(t) {
		environments = append(environments, member(template(t)[id].Properties, "Environment", "Variables"))
	}
	telling := regexp.MustCompile(`SECRET|PASSWORD|TOKEN|CREDENTIAL|PEPPER|_KEY$`)
	for _, environment := range environments {
		variables, _ := environment.(object)
		for name, v := range variables {
			parameter, _ := member(v, "Ref").(string)
			hidden := member(whole, "Parameters", parameter, "NoEcho") != nil
			if telling.MatchString(name) || hidden || strings.Contains(fmt.Sprint(v), "{{resolve:") {
				t.Errorf("%s holds a secret", name)
			}
		}
	}
}

// TestFunctionsAreDeployed: each folder with a main is a function of the template, built where the template looks, for
// the kind of machine that the Makefile builds it for.
func TestFunctionsAreDeployed(t *testing.T) {
	t.Parallel()
	deployed := functionsDeployed(t)
	for path := range packages(t) {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(path, "functions/"), "/lambda"); ok && deployed[name] == "" {
			t.Errorf("template.yaml has no function for %s", path)
		}
	}
	line := regexp.MustCompile(`(?m)^HASHING\s*:= (.*)$`).FindStringSubmatch(read(t, "Makefile"))
	hashing := strings.Fields(line[1])
	for name, id := range deployed {
		if _, ok := packages(t)["functions/"+name+"/lambda"]; !ok {
			t.Errorf("%s has no main", name)
		}
		properties := template(t)[id].Properties
		if properties["CodeUri"] != "dist/"+name+"/" {
			t.Errorf("%s is not taken from dist/%s/", name, name)
		}
		kind := fmt.Sprint(properties["Architectures"])
		if slices.Contains(hashing, name) != strings.Contains(kind, "HashArchitecture") {
			t.Errorf("%s runs on %s, the Makefile builds it otherwise", name, kind)
		}
		if member(properties, "LoggingConfig", "LogGroup", "Ref") == nil {
			t.Errorf("%s has no log group of its own, with an end to what it keeps", name)
		}
	}
	for _, id := range of(t, "AWS::Logs::LogGroup") {
		if template(t)[id].Properties["RetentionInDays"] == nil {
			t.Errorf("%s keeps everything for ever", id)
		}
	}
}
