package parcel_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"postkontor/shared/parcel"
)

// BenchmarkParcels measures what scans and look-ups take. The server of the second backend is DynamoDB Local, which tells
// nothing of DynamoDB.
func BenchmarkParcels(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *house{"embedded": onEmbedded, "dynamo": onDynamo} {
		b.Run(name, func(b *testing.B) { bench(b, open(b)) })
	}
}

// bench has 1,000 parcels of 15 events and one of 5,000. A batch is 500 scans of as many parcels.
func bench(b *testing.B, h *house) {
	var numbers []string
	for serial := range 1000 {
		numbers = append(numbers, serialNumber(serial))
	}
	var scans []parcel.Scan
	for _, number := range numbers {
		scans = append(scans, long(number, 15)...)
	}
	for some := range slices.Chunk(append(scans, long(impb, 5000)...), 500) {
		h.record(b, some...)
	}
	var serial atomic.Int64
	fresh := func(number string) parcel.Scan {
		return parcel.Scan{ID: fmt.Sprintf("fresh-%d", serial.Add(1)), Number: number, At: begun.Add(time.Hour), Code: "10", Zip: "60601"}
	}
	record := func(scans ...parcel.Scan) func() error {
		return func() error { _, _, err := h.Record(b.Context(), scans); return err }
	}
	for _, of := range []struct {
		name  string
		scans int
		run   func() error
	}{
		{"Record/1", 1, func() error { return record(fresh(numbers[serial.Load()%1000]))() }},
		{"Record/500", 500, func() error {
			batch := make([]parcel.Scan, 500)
			for i := range batch {
				batch[i] = fresh(numbers[i])
			}
			return record(batch...)()
		}},
		{"Record/again", 1, record(scans[3])},
		{"Record/long", 1, func() error { return record(fresh(impb))() }},
		{"Look/1", 0, func() error { _, err := h.Look(b.Context(), numbers[:1]); return err }},
		{"Look/35", 0, func() error { _, err := h.Look(b.Context(), numbers[:35]); return err }},
		{"Look/long", 0, func() error { _, err := h.Look(b.Context(), []string{impb}); return err }},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			var times []time.Duration
			for b.Loop() {
				begin := time.Now()
				if err := of.run(); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(begin))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
			if of.scans > 0 {
				b.ReportMetric(float64(of.scans*len(times))/b.Elapsed().Seconds(), "scans/s")
			}
		})
	}
}
