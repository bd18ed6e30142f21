package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"postkontor/shared/metric"
)

// recorder remembers the status of an answer for the event line.
type recorder struct {
	http.ResponseWriter
	req *request
}

func (o *recorder) WriteHeader(status int) {
	if o.req.status == 0 {
		o.req.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *recorder) Write(b []byte) (int, error) {
	if o.req.status == 0 {
		o.req.status = http.StatusOK
	}
	return o.ResponseWriter.Write(b)
}

// end answers for a panic and writes the one event line of the request.
func (a *App) end(out *recorder, r *http.Request) {
	if cause := recover(); cause != nil {
		out.req.cause = fmt.Errorf("panic: %T\n%s", cause, debug.Stack()) // its value may hold what a person typed
		out.req.fault = "internal"
		if out.req.status == 0 {
			a.Fail(out, r, out.req.cause)
		}
	}
	a.event(out.req)
}

// event writes what happened, with nothing that a person typed: the path is told as its pattern, the account as a hash.
func (a *App) event(q *request) {
	level, faults := "INFO", 0.0
	if q.status >= 500 {
		level, faults = "ERROR", 1
	}
	fields := []metric.Field{
		{Name: "level", Value: level}, {Name: "operation", Value: q.pattern}, {Name: "kind", Value: q.fault},
		{Name: "status", Value: strconv.Itoa(q.status)}, {Name: "requestId", Value: q.id},
		{Name: "tableCalls", Value: strconv.FormatInt(q.calls.Load(), 10)},
	}
	if q.session != nil {
		fields = append(fields, metric.Field{Name: "account", Value: AccountHash(q.session.Account)})
	}
	if q.cause != nil {
		fields = append(fields, metric.Field{Name: "cause", Value: q.cause.Error()})
	}
	_ = a.Events.Emit([]metric.Value{ // a line that cannot be written has nowhere to be told
		{Name: "Duration", Unit: metric.Milliseconds, Value: float64(time.Since(q.started).Microseconds()) / 1000},
		{Name: "Faults", Unit: metric.Count, Value: faults},
	}, fields...)
}

// AccountHash is how an account is named in a log.
func AccountHash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:6])
}
