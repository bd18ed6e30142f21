// Package fault is the one error type that a caller of the product can see.
//
// A rule that refuses returns a *fault.Error; everything else that goes wrong stays an ordinary error and is
// answered as 500 with fixed words. Only the edges of package web turn either into bytes.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what sort of refusal an error is; package web maps each to one HTTP status.
type Kind string

// The kinds. A new one needs a row in web's status table, which a test checks.
const (
	BodyInvalid  Kind = "body_invalid"       // 400: no JSON, no form
	Unauthorized Kind = "unauthorized"       // 401: nobody, or not who they say
	Forbidden    Kind = "forbidden"          // 403: known, but not allowed
	NotFound     Kind = "not_found"          // 404: not there, or another customer's
	Method       Kind = "method_not_allowed" // 405
	Conflict     Kind = "conflict"           // 409: the state does not allow it
	TooLarge     Kind = "body_too_large"     // 413
	MediaType    Kind = "media_type"         // 415
	Invalid      Kind = "validation"         // 422: a field is wrong
	Limited      Kind = "too_many_requests"  // 429, with RetryAfter
	Unavailable  Kind = "unavailable"        // 503, with RetryAfter
)

// Error is a refusal with a stable code. The words shown are found in package locale under
// "fault.CODE.title" and "fault.CODE.detail", filled with Args.
type Error struct {
	Kind       Kind
	Code       string            // stable, as in the HTTP contract: "username_taken"
	Words      string            // in the keys of the words in place of the code, where one code has several meanings
	Args       map[string]string // for the placeholders of title and detail
	Fields     []Field           // what is wrong with single fields
	RetryAfter time.Duration     // for Limited and Unavailable, rounded up to seconds
	Members    map[string]any    // further members of the problem document: "suggestions", "triesLeft"
	Err        error             // the cause, for the log only
}

// Field is one wrong field. Its words stand in package locale under "fault.CODE.field", else "fault.CODE.detail", unless
// Words names another key.
type Field struct {
	Location string // "body.name.first", "query.name"
	Code     string
	Args     map[string]string
	Words    string
}

// New makes a refusal of a kind with a code.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// Fields collects field faults into one validation error; nil when there are none. Its code is that of the first
// field that has one of its own, else "validation".
func Fields(fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	e := &Error{Kind: Invalid, Code: "validation", Fields: fields}
	for _, f := range fields {
		if f.Code != "validation" && !strings.HasPrefix(f.Code, "validation.") {
			e.Code = f.Code
			break
		}
	}
	return e
}

// Error is for the log: the code and the cause, never a value that someone typed.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Err)
	}
	return e.Code
}

func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an Error of the same code, so that errors.Is(err, fault.New(kind, code)) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Code is the code of the first Error in err's chain, "" when there is none.
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
