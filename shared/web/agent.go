package web

import (
	"context"
	"slices"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/page"
	"postkontor/shared/web/gateway"
)

// Role is what the operator's identity provider lets an agent do.
type Role string

// The roles, as the claim Config.RolesClaim of an agent's token has them.
const (
	Desk      Role = "desk"      // accounts, by telephone
	Warehouse Role = "warehouse" // orders of supplies
	Counter   Role = "counter"   // proofs of identity, at a post office
)

// Agent is who acts for the operator.
type Agent struct {
	Name  string // the claim "sub"
	Roles []Role
}

// AgentOf answers the agent whose token the gateway has checked, nil for anyone else. No header can name one.
func AgentOf(ctx context.Context) *Agent { return requestOf(ctx).acting }

// agentIn reads the gateway's claims. It writes an array as "[desk counter]"; a token may also have its roles in one text,
// apart by spaces. Spaces within a role's name cannot be told from those between roles.
func agentIn(claims map[string]string, rolesClaim string) *Agent {
	if claims["sub"] == "" {
		return nil
	}
	a := &Agent{Name: claims["sub"]}
	roles := claims[rolesClaim]
	if strings.HasPrefix(roles, "[") && strings.HasSuffix(roles, "]") {
		roles = roles[1 : len(roles)-1]
	}
	for role := range strings.SplitSeq(roles, " ") {
		a.Roles = append(a.Roles, Role(role))
	}
	return a
}

// Has reports whether the agent has one of the roles.
func (a *Agent) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

var roleMissing = &fault.Error{Kind: fault.Forbidden, Code: "scope_insufficient", Words: "role_missing"}

// Place is a page of the desk that agents of certain roles start from.
type Place struct {
	page.Link
	Access Access
}

// authorizeAgent holds a request to an access of agents or machines.
func authorizeAgent(ctx context.Context, access Access) error {
	if access.Machine {
		if gateway.RequestOf(ctx).IAM == "" {
			return roleMissing
		}
		return nil
	}
	agent := AgentOf(ctx)
	if agent == nil {
		return &fault.Error{Kind: fault.Unauthorized, Code: "login_required", Words: "agent_unknown"}
	}
	if !agent.Has(access.Roles...) {
		return roleMissing
	}
	return nil
}
