package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"postkontor/shared/fault"
	"postkontor/shared/session"
)

// Access says who may call.
type Access struct {
	Scopes  []session.Scope // any of them; nothing at all: anyone
	Fresh   bool            // with a login not older than session.Fresh
	Roles   []Role          // agents with any of them
	Machine bool            // who signs with IAM
}

// The usual kinds of access. Pages and operations name the others where they need them.
var (
	Anyone     = Access{}
	SignedIn   = Access{Scopes: []session.Scope{session.Full}}
	FreshLogin = Access{Scopes: []session.Scope{session.Full}, Fresh: true}
	AnyScope   = Access{Scopes: []session.Scope{session.Full, session.ChoosePassword, session.Reactivate, session.Flagged, session.Closed}}
)

// Operation is one method on one path of the API.
type Operation struct {
	Method, Path string
	ID           string // operationId
	Tag          string
	Summary      string
	Description  string // what it promises, its own codes, and when
	Status       int    // of success; 0: 200, or 204 without a body
	Access       Access
}

// Add registers an operation. Requests are decoded and held to their types by huma; what run refuses becomes a problem
// document.
func Add[I, O any](a *App, op Operation, run func(context.Context, *I) (*O, error)) {
	huma.Register(a.API, a.operation(op), func(ctx context.Context, in *I) (*O, error) {
		out, err := run(ctx, in)
		if err != nil {
			return nil, problem(ctx, err)
		}
		return out, nil
	})
}

func (a *App) operation(op Operation) huma.Operation {
	described := huma.Operation{Method: op.Method, Path: op.Path, OperationID: op.ID, Summary: op.Summary,
		Description: op.Description, DefaultStatus: op.Status, MaxBodyBytes: a.MaxBody, Errors: op.statuses(),
		Middlewares: huma.Middlewares{a.guard(op.Access)}}
	if op.Tag != "" {
		described.Tags = []string{op.Tag}
	}
	if len(op.Access.Scopes) > 0 {
		described.Security = []map[string][]string{{"session": {}}, {"cookie": {}}}
	}
	if len(op.Access.Roles) > 0 {
		described.Security = []map[string][]string{{"agent": {}}}
	}
	if op.Access.Machine {
		described.Security = []map[string][]string{{"machine": {}}}
	}
	return described
}

// statuses are the refusals that the document names for the operation.
func (op Operation) statuses() []int {
	all := []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if op.Method != http.MethodGet && op.Method != http.MethodDelete {
		all = append(all, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusConflict)
	}
	if len(op.Access.Scopes) > 0 || len(op.Access.Roles) > 0 || op.Access.Machine || strings.HasPrefix(op.Path, "/v1/sessions") {
		all = append(all, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(op.Path, "{") {
		all = append(all, http.StatusNotFound)
	}
	slices.Sort(all)
	return all
}

// guard answers for the operation's access before its body is looked at.
func (a *App) guard(access Access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		if err := a.authorize(r, access); err != nil {
			a.Fail(w, r, err)
			return
		}
		next(ctx)
	}
}

// authorize holds a request to an access. A table that does not answer refuses: it fails closed.
func (a *App) authorize(r *http.Request, access Access) error {
	if len(access.Roles) > 0 || access.Machine {
		return authorizeAgent(r.Context(), access)
	}
	if len(access.Scopes) == 0 {
		a.greet(r)
		return nil
	}
	live, err := a.identify(r)
	if err != nil {
		return err
	}
	if !slices.Contains(access.Scopes, live.Scope) {
		return fault.New(fault.Forbidden, "scope_insufficient")
	}
	if access.Fresh && !live.LoggedInSince(a.Now()) {
		return fault.New(fault.Forbidden, "login_again")
	}
	return nil
}

func apiConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Postkontor", Version: "1.0.0", Description: "Customer accounts of a postal operator."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "http", Scheme: "bearer", BearerFormat: "pks_…", Description: "The token that POST /v1/sessions answers."},
					"cookie":  {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "What the pages set."},
					"agent":   {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "Of the operator's own OpenID provider."},
					"machine": {Type: "apiKey", In: "header", Name: "Authorization", Description: "AWS Signature Version 4."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
}

// Huma reports what is wrong with a request in English sentences and turns them into a document through two package
// variables. Both are set here once: the sentences become "code|argument", which violation reads back, and the document
// becomes ours.
func init() {
	for message, code := range map[*string]string{
		&validation.MsgUnexpectedProperty:       "validation.unknown",
		&validation.MsgExpectedRequiredProperty: "validation.required|%s",
		&validation.MsgExpectedMaxLength:        "validation.too_long|%d",
		&validation.MsgExpectedMinLength:        "validation.too_short|%d",
		&validation.MsgExpectedMinItems:         "validation.too_few|%d",
		&validation.MsgExpectedMaxItems:         "validation.too_many|%d",
		&validation.MsgExpectedOneOf:            "validation.one_of|%s",
		&validation.MsgExpectedString:           "validation.type",
		&validation.MsgExpectedBoolean:          "validation.type",
		&validation.MsgExpectedNumber:           "validation.type",
		&validation.MsgExpectedInteger:          "validation.type",
		&validation.MsgExpectedArray:            "validation.type",
		&validation.MsgExpectedObject:           "validation.type",
	} {
		*message = code
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError { return &Problem{Status: status} }
	huma.NewErrorWithContext = humaProblem
}

func humaProblem(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	if ctx == nil {
		return &Problem{Status: status}
	}
	return problem(ctx.Context(), violations(status, message, errs))
}

// kinds is what huma's own statuses mean; the others are unforeseen.
var kinds = map[int]fault.Kind{
	http.StatusBadRequest:            fault.BodyInvalid,
	http.StatusRequestEntityTooLarge: fault.TooLarge,
	http.StatusUnsupportedMediaType:  fault.MediaType,
	http.StatusUnprocessableEntity:   fault.Invalid,
}

func violations(status int, message string, errs []error) error {
	kind, ok := kinds[status]
	if !ok {
		return fault.New("internal", "internal")
	}
	f := fault.New(kind, string(kind))
	for _, err := range errs {
		detail, ok := err.(*huma.ErrorDetail)
		if !ok {
			continue
		}
		f.Fields = append(f.Fields, violation(detail))
	}
	return f
}

// violation reads back one of the sentences set above.
func violation(detail *huma.ErrorDetail) fault.Field {
	code, arg, _ := strings.Cut(detail.Message, "|")
	field := fault.Field{Location: detail.Location, Code: code, Args: map[string]string{"n": arg}}
	switch {
	case code == "validation.required":
		field.Location += "." + arg
	case strings.HasPrefix(detail.Message, "required "):
		field.Code = "validation.required"
	case !strings.HasPrefix(code, "validation."):
		field.Code = "validation.type"
	}
	return field
}
