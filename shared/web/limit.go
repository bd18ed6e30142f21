package web

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"postkontor/shared/fault"
	"postkontor/shared/table"
)

// Rule bounds how often one caller's address may do a thing.
type Rule struct {
	Purpose string
	Max     int64
	Window  time.Duration
}

// FailedLogins bounds wrong passwords, at the login and where the current one is asked for; then every login of that caller is
// refused for a while. Exhausted asks before the try, Limit counts what failed.
var FailedLogins = Rule{Purpose: "login", Max: 30, Window: 5 * time.Minute}

// Limit counts one try under each rule and refuses with too_many_requests when one of them is used up.
func (a *App) Limit(ctx context.Context, rules ...Rule) error {
	for _, rule := range rules {
		limit := table.Limit{Max: rule.Max, Expires: a.Now().Add(rule.Window)}
		count, taken, err := a.Limits.Take(ctx, rule.key(ctx), limit)
		if err != nil {
			return fmt.Errorf("counting %s: %w", rule.Purpose, err)
		}
		if !taken {
			return a.tooMany(count)
		}
	}
	return nil
}

// Exhausted refuses when a rule is used up, without counting: for rules that count only failures.
func (a *App) Exhausted(ctx context.Context, rule Rule) error {
	item, found, err := a.Limits.Get(ctx, rule.key(ctx), false)
	if err != nil || !found {
		return err
	}
	var state struct {
		N int64 `json:"n"`
	}
	if err := item.Decode(&state); err != nil {
		return fmt.Errorf("reading the count of %s: %w", rule.Purpose, err)
	}
	if state.N < rule.Max {
		return nil
	}
	return a.tooMany(table.Count{N: state.N, Expires: item.Expires})
}

func (a *App) tooMany(count table.Count) error {
	return &fault.Error{Kind: fault.Limited, Code: "too_many_requests", RetryAfter: count.Expires.Sub(a.Now())}
}

func (r Rule) key(ctx context.Context) table.Key {
	window := strconv.Itoa(int(r.Window / time.Second))
	return table.Key{PK: "CALLER#" + r.Purpose + "/" + window + "#" + network(requestOf(ctx).ip), SK: "COUNT"}
}

// network is what counts as one caller: an IPv4 address, or the /64 that an IPv6 host can choose its addresses from.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return addr.String()
	}
	prefix, _ := addr.Prefix(64)
	return prefix.String()
}
