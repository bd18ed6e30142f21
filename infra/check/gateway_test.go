package check

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postkontor/infra/house"
)

// gatewayRoute is one route of the template.
type gatewayRoute struct {
	method   string // "ANY" for all
	segments []string
	greedy   bool // the last segment stands for all that follow
	function string
	agents   bool // behind the authorizer
	signed   bool // only who signs with IAM gets through
}

// routes are those of the template; it chooses among them as API Gateway does.
type routes []gatewayRoute

func newGateway(t *testing.T) routes {
	t.Helper()
	var all routes
	for _, id := range of(t, "AWS::ApiGatewayV2::Route") {
		properties := template(t)[id].Properties
		target, _ := member(properties, "Target", "Fn::Sub").(string)
		integration := template(t)[strings.TrimSuffix(strings.TrimPrefix(target, "integrations/${"), "}")]
		uri, _ := member(integration.Properties, "IntegrationUri", "Fn::Sub").(string)
		match := regexp.MustCompile(`/functions/\$\{(\w+)Function\.Arn\}:live/invocations$`).FindStringSubmatch(uri)
		if match == nil {
			t.Fatalf("%s leads to no function", id)
		}
		route := gatewayRoute{method: "ANY", greedy: true, function: strings.ToLower(match[1]), agents: properties["AuthorizationType"] == "JWT",
			signed: properties["AuthorizationType"] == "AWS_IAM"}
		if key := fmt.Sprint(properties["RouteKey"]); key != "$default" {
			method, path, _ := strings.Cut(key, " ")
			route.method, route.segments = method, strings.Split(path, "/")[1:]
			last := len(route.segments) - 1
			if route.greedy = strings.HasSuffix(route.segments[last], "+}"); route.greedy {
				route.segments = route.segments[:last]
			}
		}
		all = append(all, route)
	}
	// The more of a path a route names, and the method, the sooner it is chosen.
	slices.SortStableFunc(all, func(a, b gatewayRoute) int { return b.weight() - a.weight() })
	return all
}

func (r gatewayRoute) weight() int {
	weight := 4 * len(r.segments)
	if !r.greedy {
		weight += 2
	}
	if r.method != "ANY" {
		weight++
	}
	return weight
}

func (r gatewayRoute) takes(method string, segments []string) bool {
	if r.method != "ANY" && r.method != method {
		return false
	}
	if len(segments) < len(r.segments) || !r.greedy && len(segments) != len(r.segments) || r.greedy && len(r.segments) > 0 && len(segments) == len(r.segments) {
		return false
	}
	for i, s := range r.segments {
		if s != segments[i] && !strings.HasPrefix(s, "{") {
			return false
		}
	}
	return true
}

// route answers which a request takes.
func (g routes) route(method, path string) gatewayRoute {
	segments := strings.Split(path, "/")[1:]
	for _, route := range g {
		if route.takes(method, segments) {
			return route
		}
	}
	return gatewayRoute{}
}

// door is the way from a client to the functions, as the template lays it.
type door struct {
	gateway   routes
	functions map[string]http.Handler
	after     func() // each answer
}

func (d door) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	r.RemoteAddr = "203.0.113.7:1"
	if r.Body == nil {
		r.Body = http.NoBody
	}
	route := d.gateway.route(r.Method, r.URL.Path)
	if function := d.functions[route.function]; !route.agents {
		function.ServeHTTP(answer, r)
	} else if err := asAgent(answer, r, function); err != nil {
		return nil, err
	}
	d.after()
	response := answer.Result()
	response.Request = r
	return response, nil
}

// TestRoutesReachTheirFunctions: what a function serves, the gateway sends to it and to no other.
func TestRoutesReachTheirFunctions(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	wildcard := regexp.MustCompile(`\{[^}]*\}`)
	for name, app := range house.Plain().Functions() {
		for _, pattern := range app.Routes() {
			method, path, _ := strings.Cut(pattern, " ")
			path = wildcard.ReplaceAllString(strings.TrimSuffix(path, "{$}"), "sample")
			if got := g.route(method, path).function; got != name {
				t.Errorf("%s is a route of %s, and the gateway sends it to %q", pattern, name, got)
			}
		}
	}
}

// TestMachinesSign: the gateway asks for a signature where the API says so, for each method, and nowhere else.
func TestMachinesSign(t *testing.T) {
	t.Parallel()
	document, err := house.Plain().Document()
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]map[string]struct{ Security []map[string][]string }
	}
	if err := json.Unmarshal(document, &api); err != nil {
		t.Fatal(err)
	}
	g, machines := newGateway(t), 0
	for path, operations := range api.Paths {
		for _, operation := range operations {
			signed := slices.ContainsFunc(operation.Security, func(s map[string][]string) bool { _, machine := s["machine"]; return machine })
			if signed {
				machines++
			}
			for _, method := range []string{"GET", "POST", "DELETE"} {
				if g.route(method, path).signed != signed {
					t.Errorf("%s %s: signed is %t, the API says %t", method, path, !signed, signed)
				}
			}
		}
	}
	if machines == 0 {
		t.Error("no machine may call anything")
	}
}

// TestThrottledRoutesExist: a throttle of a route that is not there protects nothing, and breaks the deployment.
func TestThrottledRoutesExist(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for _, id := range of(t, "AWS::ApiGatewayV2::Route") {
		key := fmt.Sprint(template(t)[id].Properties["RouteKey"])
		if keys[key] != "" {
			t.Errorf("%s and %s have one key, %s", id, keys[key], key)
		}
		keys[key] = id
	}
	whole, err := wholeTemplate()
	if err != nil {
		t.Fatal(err)
	}
	first := list(member(whole, "Resources", "ApiStage", "DependsOn"))
	throttled, _ := member(whole, "Resources", "ApiStage", "Properties", "RouteSettings").(object)
	for key := range throttled {
		if id := keys[key]; id == "" || !slices.Contains(first, id) {
			t.Errorf("the stage throttles %s, which does not stand before it", key)
		}
	}
}

// TestOnePermissionAFunction: a function's policy has room for few.
func TestOnePermissionAFunction(t *testing.T) {
	t.Parallel()
	permitted := map[string]bool{}
	for _, id := range of(t, "AWS::Lambda::Permission") {
		properties := template(t)[id].Properties
		function := fmt.Sprint(member(properties, "FunctionName", "Ref"))
		arn, _ := member(properties, "SourceArn", "Fn::Sub").(string)
		if permitted[function] || !strings.HasSuffix(function, "Function.Alias") || !strings.HasSuffix(arn, ":${Api}/*") {
			t.Errorf("%s is not the one permission of a function's alias", id)
		}
		permitted[function] = true
	}
	for _, route := range newGateway(t) {
		if !permitted[strings.ToUpper(route.function[:1])+route.function[1:]+"Function.Alias"] {
			t.Errorf("the gateway may not call %s", route.function)
		}
	}
}
