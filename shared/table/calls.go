package table

import (
	"context"
	"sync/atomic"
)

type callsKey struct{}

// WithCalls answers a context in which backends count their calls, and the counter.
func WithCalls(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, callsKey{}, n), n
}

// Called counts one call to the backend; backends call it for each request they send.
func Called(ctx context.Context) {
	if n, ok := ctx.Value(callsKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
