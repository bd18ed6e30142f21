package parcel

// weight is how much an event has to say about the status: only those of the highest weight that is there count.
type weight int

const (
	unknown   weight = iota // a code that the event table does not have: somebody handled the parcel
	informing               // a code that does not decide
	deciding
)

func (s Scan) says() (Status, weight) {
	e, there := events[s.Code]
	switch {
	case !there:
		return InTransit, unknown
	case !e.decides:
		return e.status, informing
	}
	return e.status, deciding
}

// decide answers the status that events in order, oldest first, lead to, and the event it follows from. The last one
// that decides tells it, but: what was delivered stays so, unless it is returned; what is returned stays so; and news of
// a label says nothing of a parcel that was accepted.
func decide(scans []Scan) (status Status, decisive Scan) {
	heaviest := weight(-1)
	for _, scan := range scans {
		says, weighs := scan.says()
		if weighs < heaviest || weighs == heaviest && !follows(status, says) {
			continue
		}
		status, decisive, heaviest = says, scan, weighs
	}
	return status, decisive
}

// follows reports whether a parcel may become next after it was status.
func follows(status, next Status) bool {
	switch status {
	case Returned:
		return next == Returned
	case Delivered:
		return next == Delivered || next == Returned
	}
	return next != PreShipment || status == PreShipment
}
