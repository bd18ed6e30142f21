package metric_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postkontor/shared/metric"
)

func TestLineIsEmbeddedMetricFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sink := metric.New(&out, "courier")
	sink.Now = func() time.Time { return time.UnixMilli(1795000000123) }
	err := sink.Emit([]metric.Value{{"SMSBudgetExceeded", metric.Count, 1}, {"Time", metric.Milliseconds, 2.5}},
		metric.Field{Name: "note", Value: "a \"b\" \\ \n å \x01\xff"})
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	want := map[string]any{
		"_aws": map[string]any{"Timestamp": 1795000000123.0, "CloudWatchMetrics": []any{map[string]any{
			"Namespace": "Postkontor", "Dimensions": []any{[]any{"Function"}}, "Metrics": []any{
				map[string]any{"Name": "SMSBudgetExceeded", "Unit": "Count"},
				map[string]any{"Name": "Time", "Unit": "Milliseconds"},
			},
		}}},
		"Function": "courier", "SMSBudgetExceeded": 1.0, "Time": 2.5, "note": "a \"b\" \\ \n å \x01\ufffd",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLinesAllocateNothing(t *testing.T) {
	sink := metric.New(io.Discard, "login")
	values := []metric.Value{{"Requests", metric.Count, 1}}
	if n := testing.AllocsPerRun(100, func() { _ = sink.Emit(values) }); n > 0 {
		t.Errorf("%v allocations a line", n)
	}
}
