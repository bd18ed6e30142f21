package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/table"
)

// statuses is the one table from the kind of a refusal to its HTTP status. What has no row is 500.
var statuses = map[fault.Kind]int{
	fault.BodyInvalid:  http.StatusBadRequest,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Method:       http.StatusMethodNotAllowed,
	fault.Conflict:     http.StatusConflict,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.MediaType:    http.StatusUnsupportedMediaType,
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Limited:      http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

// Problem is an error as a client reads it (RFC 9457), with the members that the code's row in the contract names.
type Problem struct {
	Type      string         `json:"type" doc:"Names the problem; equal codes have equal types" example:"urn:postkontor:username_taken"`
	Title     string         `json:"title" doc:"What went wrong, in the reader's language"`
	Status    int            `json:"status" doc:"The HTTP status"`
	Detail    string         `json:"detail,omitempty" doc:"What to do next, in the reader's language"`
	Code      string         `json:"code" doc:"Stable name of the problem" example:"username_taken"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"What is wrong with single fields"`
	RequestID string         `json:"requestId" doc:"Names the request to customer service"`
	members   map[string]any
	retry     int // seconds
}

// ProblemField is one wrong field.
type ProblemField struct {
	Location string `json:"location" doc:"Where the field stands" example:"body.name.first"`
	Message  string `json:"message" doc:"What to do, in the reader's language"`
	Code     string `json:"code" doc:"Stable name of what is wrong" example:"password_short"`
}

func (p *Problem) Error() string  { return p.Code }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is asked for by huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders is asked for by huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	return h
}

// MarshalJSON writes the further members beside the fixed ones.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	fixed, err := json.Marshal((*plain)(p))
	if err != nil || len(p.members) == 0 {
		return fixed, err
	}
	further, err := json.Marshal(p.members)
	if err != nil {
		return nil, err
	}
	return append(append(fixed[:len(fixed)-1], ','), further[1:]...), nil
}

// problem turns any error into what the client may know, and notes for the event line what the client may not.
func problem(ctx context.Context, err error) *Problem {
	var already *Problem
	if errors.As(err, &already) {
		return already
	}
	f := refusal(err)
	q := requestOf(ctx)
	q.fault, q.cause = f.Code, f.Err
	return Describe(ctx, f)
}

// Describe answers the problem document of one thing among several that were asked for at once, as it would be answered
// alone.
func Describe(ctx context.Context, f *fault.Error) *Problem {
	q := requestOf(ctx)
	p := &Problem{Type: "urn:postkontor:" + f.Code, Status: statuses[f.Kind], Code: f.Code, RequestID: q.id, members: f.Members}
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	if f.RetryAfter > 0 {
		p.retry = int(math.Ceil(f.RetryAfter.Seconds()))
	}
	args := pairs(f.Args, "seconds", strconv.Itoa(p.retry), "wait", Wait(q.lang, f.RetryAfter))
	key := cmp.Or(f.Words, f.Code)
	p.Title, p.Detail = words(q.lang, key, "title", args), words(q.lang, key, "detail", args)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Location: field.Location, Code: field.Code, Message: FieldText(q.lang, field)})
	}
	return p
}

// refusal answers the fault in err's chain, or the one that stands for an unforeseen error.
func refusal(err error) *fault.Error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, table.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return &fault.Error{Kind: fault.Unavailable, Code: "unavailable", RetryAfter: 2 * time.Second, Err: err}
	case errors.Is(err, table.ErrCursor):
		return &fault.Error{Kind: fault.Invalid, Code: "validation", Fields: []fault.Field{{Location: "query.cursor", Code: "validation"}}, Err: err}
	case errors.Is(err, table.ErrCondition):
		return &fault.Error{Kind: fault.Conflict, Code: "changed_meanwhile", Err: err}
	}
	return &fault.Error{Kind: "internal", Code: "internal", Err: err}
}

// FieldText answers the words beside a wrong field.
func FieldText(lang locale.Tag, field fault.Field) string {
	args := pairs(field.Args)
	for _, key := range []string{field.Words, "fault." + field.Code + ".field", "fault." + field.Code + ".detail"} {
		if text, ok := locale.Lookup(lang, key); ok {
			return locale.Fill(text, args...)
		}
	}
	return locale.Text(lang, "fault.validation.field")
}

func words(lang locale.Tag, code, part string, args []string) string {
	return locale.Text(lang, "fault."+code+"."+part, args...)
}

// Wait answers a length of time as a person says it: "2 minutes".
func Wait(lang locale.Tag, d time.Duration) string {
	switch {
	case d <= 90*time.Second:
		return locale.Count(lang, "web.seconds", max(1, int(math.Ceil(d.Seconds()))))
	case d <= 90*time.Minute:
		return locale.Count(lang, "web.minutes", int(math.Ceil(d.Minutes())))
	}
	return locale.Count(lang, "web.hours", int(math.Ceil(d.Hours())))
}

func pairs(args map[string]string, further ...string) []string {
	for name, value := range args {
		further = append(further, name, value)
	}
	return further
}
