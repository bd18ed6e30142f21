// Package metric writes log lines that CloudWatch also reads as metrics (Embedded Metric Format, by hand: no service
// call, no agent, and nothing allocated once the buffer has grown).
package metric

import (
	"io"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// Unit is what a value counts, as CloudWatch names it.
type Unit string

// The units in use.
const (
	Count        Unit = "Count"
	Milliseconds Unit = "Milliseconds"
)

// Value is one metric of a line. Each name is paid for by the month: there are at most ten.
type Value struct {
	Name  string
	Unit  Unit
	Value float64
}

// Field is a further member of a line, searchable but no metric.
type Field struct{ Name, Value string }

// Sink writes lines. It is safe for concurrent use; each line is one Write.
type Sink struct {
	Out       io.Writer
	Namespace string // "Postkontor"
	Function  string // the one dimension
	Now       func() time.Time

	mu     sync.Mutex
	buffer []byte
}

// New answers a sink for one function that writes to out.
func New(out io.Writer, function string) *Sink {
	return &Sink{Out: out, Namespace: "Postkontor", Function: function, Now: time.Now}
}

// Emit writes one line of metrics and fields.
func (s *Sink) Emit(values []Value, fields ...Field) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := append(s.buffer[:0], `{"_aws":{"Timestamp":`...)
	b = strconv.AppendInt(b, s.Now().UnixMilli(), 10)
	b = append(b, `,"CloudWatchMetrics":[{"Namespace":`...)
	b = appendString(b, s.Namespace)
	b = append(b, `,"Dimensions":[["Function"]],"Metrics":[`...)
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"Name":`...)
		b = appendString(b, v.Name)
		b = append(b, `,"Unit":`...)
		b = appendString(b, string(v.Unit))
		b = append(b, '}')
	}
	b = append(b, `]}]},"Function":`...)
	b = appendString(b, s.Function)
	for _, v := range values {
		b = append(b, ',')
		b = appendString(b, v.Name)
		b = append(b, ':')
		b = strconv.AppendFloat(b, v.Value, 'f', -1, 64)
	}
	for _, f := range fields {
		b = append(b, ',')
		b = appendString(b, f.Name)
		b = append(b, ':')
		b = appendString(b, f.Value)
	}
	s.buffer = append(b, "}\n"...)
	_, err := s.Out.Write(s.buffer)
	return err
}

// appendString writes a JSON string; invalid UTF-8 becomes U+FFFD.
func appendString(b []byte, text string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
