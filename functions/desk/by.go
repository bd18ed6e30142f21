package desk

import (
	"context"

	"postkontor/shared/activity"
	"postkontor/shared/fault"
	"postkontor/shared/person"
	"postkontor/shared/web"
)

// longestReason is in characters (code points).
const longestReason = 200

// by is who acts, and why. The customer reads both.
func by(ctx context.Context, reason string, required bool) (activity.By, error) {
	if wrong := person.CheckLine("body.reason", reason, required, longestReason); wrong != nil {
		return activity.By{}, fault.Fields([]fault.Field{*wrong})
	}
	return activity.By{Agent: web.AgentOf(ctx).Name, Reason: person.Clean(reason)}, nil
}
