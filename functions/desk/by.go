package desk

import (
	"context"
	"strconv"
	"unicode/utf8"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/web"
)

// The length of a reason, in characters (code points).
const (
	shortestReason = 2
	longestReason  = 200
)

// by is who acts, and why. The customer reads both.
func by(ctx context.Context, reason string, required bool) (activity.By, error) {
	if wrong := person.CheckLine("body.reason", reason, required, longestReason); wrong != nil {
		return activity.By{}, fault.Fields([]fault.Field{*wrong})
	}
	reason = person.Clean(reason)
	if n := utf8.RuneCountInString(reason); n > 0 && n < shortestReason {
		return activity.By{}, fault.Fields([]fault.Field{{Location: "body.reason", Code: "validation.too_short", Args: map[string]string{"n": strconv.Itoa(shortestReason)}}})
	}
	return activity.By{Agent: web.AgentOf(ctx).Name, Reason: reason}, nil
}
