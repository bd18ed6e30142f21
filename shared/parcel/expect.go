package parcel

import (
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/zip"
)

// standards are how many working days a product takes, at best and at most: the ranges that the operator publishes.
// What its number does not name takes as long as Ground Advantage; products that are not here are international, whose
// clock no acceptance of ours starts.
var standards = map[string]struct{ best, most int }{
	"":                       {2, 5},
	"priority-mail-express":  {1, 3},
	"priority-mail":          {2, 3},
	"parcel-select":          {2, 5},
	"delivery-confirmation":  {2, 5},
	"signature-confirmation": {2, 5},
	"insured-mail":           {2, 5},
	"merchandise-return":     {2, 5},
	"collect-on-delivery":    {2, 5},
	"certified-mail":         {1, 5},
	"registered-mail":        {1, 5},
}

// expected estimates the day of delivery, "" where there is nothing to estimate: before acceptance, while the parcel waits
// for somebody (alert, pickup), once it is delivered or returned, and for mail from abroad.
//
// A parcel that is out for delivery comes that day. Else it takes as many working days after its acceptance as its product
// takes at best when it stays in its three-digit ZIP Code area, one more within a state, and at most anywhere else, or when
// the destination is not known (only a number typed with its routing prefix tells it). What was accepted after 17:00 by
// the clock of the place counts as of the next working day. A parcel that was still seen on its way at the estimated day or
// later is not expected before the working day after. Neither weather nor a season's load is in it: it is an estimate.
func expected(number barcode.Number, status Status, decisive Scan, scans []Scan) string {
	if status == OutForDelivery {
		return decisive.Local().Format(time.DateOnly)
	}
	standard, known := standards[number.Product]
	if status != Accepted && status != InTransit || !known || number.Country != "US" {
		return ""
	}
	accepted := acceptance(scans)
	begun := accepted.Local()
	if begun.Hour() >= cutOff {
		begun = begun.AddDate(0, 0, 1)
	}
	begun = dayOf(begun)
	for !working(begun) {
		begun = begun.AddDate(0, 0, 1)
	}
	due := after(begun, days(accepted.Zip, number.Zip, standard.best, standard.most))
	if seen := dayOf(scans[len(scans)-1].Local()); !seen.Before(due) {
		due = after(seen, 1)
	}
	return due.Format(time.DateOnly)
}

// cutOff is the hour after which an accepted parcel begins its way on the next working day.
const cutOff = 17

// acceptance answers the first event of a parcel that tells that the operator has it.
func acceptance(scans []Scan) Scan {
	for _, scan := range scans {
		if status, _ := scan.says(); status != PreShipment {
			return scan
		}
	}
	return Scan{}
}

// days answers how many working days the way takes.
func days(from, to string, best, most int) int {
	origin, known := zip.Lookup(from)
	destination, there := zip.Lookup(to)
	switch {
	case !known || !there || origin.State != destination.State:
		return most
	case from[:3] == to[:3]:
		return best
	}
	return min(best+1, most)
}

// after answers the n-th working day after a day.
func after(day time.Time, n int) time.Time {
	for ; n > 0; n-- {
		day = day.AddDate(0, 0, 1)
		for !working(day) {
			day = day.AddDate(0, 0, 1)
		}
	}
	return day
}

// dayOf answers the day of a moment by its own clock, as midnight UTC, so that days can be counted.
func dayOf(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

// working reports whether mail is delivered on a day: from Monday to Saturday, but for the federal holidays (5 U.S.C.
// 6103). A holiday on a Sunday is kept on the Monday.
func working(day time.Time) bool {
	if day.Weekday() == time.Sunday || holiday(day) {
		return false
	}
	return day.Weekday() != time.Monday || !holiday(day.AddDate(0, 0, -1))
}

func holiday(day time.Time) bool {
	nth, last := (day.Day()-1)/7+1, day.AddDate(0, 0, 7).Month() != day.Month()
	switch day.Month() {
	case time.January:
		return day.Day() == 1 || day.Weekday() == time.Monday && nth == 3
	case time.February:
		return day.Weekday() == time.Monday && nth == 3
	case time.May:
		return day.Weekday() == time.Monday && last
	case time.June:
		return day.Day() == 19
	case time.July:
		return day.Day() == 4
	case time.September:
		return day.Weekday() == time.Monday && nth == 1
	case time.October:
		return day.Weekday() == time.Monday && nth == 2
	case time.November:
		return day.Day() == 11 || day.Weekday() == time.Thursday && nth == 4
	case time.December:
		return day.Day() == 25
	}
	return false
}
