package parcel

import "strings"

// event is what a code of the scan event table stands for; its words are parcel.event.CODE.
type event struct {
	status  Status
	decides bool // else it tells the status only where no other event does
}

const informs = false

// events is the scan event table, by code.
var events = map[string]event{
	"MA": {PreShipment, true}, "GX": {PreShipment, true}, "GS": {PreShipment, true}, "89": {PreShipment, true}, "GC": {PreShipment, informs},
	"80": {PreShipment, true}, "81": {PreShipment, true}, "82": {PreShipment, true}, "83": {PreShipment, true},
	"TM": {Accepted, true}, "03": {Accepted, true}, "OA": {Accepted, true}, "UA": {Accepted, true}, "AD": {Accepted, true},
	"PC": {InTransit, informs}, "10": {InTransit, true}, "A1": {InTransit, true}, "U1": {InTransit, true}, "T1": {InTransit, true},
	"EF": {InTransit, true}, "L1": {InTransit, informs}, "SF": {InTransit, true}, "TL": {InTransit, informs}, "NT": {InTransit, informs},
	"AE": {InTransit, true}, "07": {InTransit, true}, "06": {InTransit, true}, "DX": {InTransit, informs},
	"OF": {OutForDelivery, true}, "59": {OutForDelivery, true},
	"01": {Delivered, true}, "17": {Delivered, true},
	"14": {AvailableForPickup, true}, "16": {AvailableForPickup, true},
	"02": {Alert, true}, "51": {Alert, true}, "52": {Alert, true}, "53": {Alert, true}, "54": {Alert, true}, "55": {Alert, true},
	"56": {Alert, true}, "30": {Alert, true}, "04": {Alert, true}, "05": {Alert, true}, "08": {Alert, true}, "21": {Alert, true},
	"22": {Alert, true}, "23": {Alert, true}, "24": {Alert, true}, "25": {Alert, true}, "26": {Alert, true}, "28": {Alert, true},
	"H0": {Alert, true},
	"09": {Returned, true}, "27": {Returned, true}, "29": {Returned, true}, "31": {Returned, true},
}

// delivered is the code whose description says more than the event table: where the parcel was left.
const delivered = "01"

// leftAt are the places where a parcel is left, by what a delivery's description says of them; their words are
// parcel.event.01.ID. Each id says itself.
var leftAt = []struct{ says, id string }{
	{"mailbox", "mailbox"}, {"porch", "porch"}, {"front door", "porch"}, {"locker", "locker"}, {"individual", "individual"},
	{"desk", "desk"}, {"reception", "desk"}, {"mail room", "desk"}, {"po box", "po-box"}, {"po-box", "po-box"}, {"garage", "garage"},
	{"agent", "agent"},
}

// detail answers what the description of an event whose code is known says beyond the code, as an id; "" for nothing.
func (s Scan) detail() string {
	if s.Code != delivered {
		return ""
	}
	description := strings.ToLower(s.Description)
	for _, place := range leftAt {
		if strings.Contains(description, place.says) {
			return place.id
		}
	}
	return ""
}
