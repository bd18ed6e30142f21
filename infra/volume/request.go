package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"postkontor/shared/barcode"
)

// What a batch holds, and a parcel in the end.
const (
	batchSize  = 500
	eventsEach = 15
	longStory  = 5000
	mostAsked  = 35
)

// codes are the events of a parcel, over and over; where are their places.
var (
	codes = strings.Fields("GX 03 10 T1 A1 10 T1 A1 10 T1 A1 07 PC OF 01")
	where = strings.Fields("98101 98168 84116 60607 11434 10199 10001")
)

// longest is the number of the parcel that outgrows its item.
var longest = numbers(1)[0]

// numbers answers so many numbers that hold.
func numbers(n int) []string {
	all := make([]string, n)
	for i := range all {
		for digit := range 10 {
			if number, problem := barcode.Parse(fmt.Sprintf("92055000000%010d%d", n+i, digit)); problem == nil {
				all[i] = number.Canonical
				break
			}
		}
	}
	return all
}

// batches are the scans of parcels, a multiple of 500: so many get their first event, then their second, and so on.
func batches(parcels []string) (all []request) {
	begun := time.Now().UTC().Add(-100 * time.Hour)
	for some := range slices.Chunk(parcels, batchSize) {
		for n := range eventsEach {
			all = append(all, post(func(b []byte) []byte {
				for _, number := range some {
					b = scan(b, number, n, begun.Add(time.Duration(n)*6*time.Hour))
				}
				return b
			}))
		}
	}
	return all
}

// story is the scans of one parcel.
func story(number string) (all []request) {
	begun := time.Now().UTC().Add(-100 * time.Hour)
	for first := 0; first < longStory; first += batchSize {
		all = append(all, post(func(b []byte) []byte {
			for n := first; n < first+batchSize; n++ {
				b = scan(b, number, n, begun.Add(time.Duration(n)*time.Minute))
			}
			return b
		}))
	}
	return all
}

func post(scans func([]byte) []byte) request {
	return request{http.MethodPost, "/v1/scans", func() []byte {
		b := scans([]byte(`{"scans":[`))
		return append(b[:len(b)-1], "]}"...)
	}}
}

func scan(b []byte, number string, n int, at time.Time) []byte {
	return fmt.Appendf(b, `{"id":"sorter-7-%06d","number":%q,"at":%q,"code":%q,"zip":%q},`, n, number, at.Format(time.RFC3339),
		codes[n%len(codes)], where[n%len(where)])
}

// lookups ask for 35 parcels at a time, or for all where there are fewer.
func lookups(parcels []string, n int) []request {
	all, asked := make([]request, n), min(mostAsked, len(parcels))
	for i := range all {
		first := i * asked % (len(parcels) - asked + 1)
		all[i] = request{method: http.MethodGet, path: "/v1/tracking?numbers=" + strings.Join(parcels[first:first+asked], ",")}
	}
	return all
}
