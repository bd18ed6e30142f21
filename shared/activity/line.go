package activity

import (
	"strings"

	"postkontor/shared/locale"
	"postkontor/shared/session"
)

// Line is an event in words, as the pages of customers and of agents show it.
type Line struct{ When, What, Detail, IP, Device, Agent, Reason string }

// Lines answers events in words, in their order.
func Lines(lang locale.Tag, events []Event) []Line {
	shown := make([]Line, len(events))
	for i, e := range events {
		shown[i] = Line{When: locale.Moment(lang, e.At), What: Did(lang, e.Kind), IP: e.IP, Device: session.Device(e.UserAgent), Agent: e.Agent, Reason: e.Reason}
		var parts []string
		for _, part := range strings.Fields(e.Detail) {
			if words, ok := locale.Lookup(lang, "profile.detail."+part); ok && !strings.HasPrefix(e.Kind, part+"-") {
				parts = append(parts, words)
			}
		}
		shown[i].Detail = strings.Join(parts, ", ")
		if strings.HasPrefix(e.Kind, "order-") { // of which its number is the detail
			shown[i].Detail = e.Detail
		}
	}
	return shown
}

// Did is what happened in words; of what has none yet its stable name.
func Did(lang locale.Tag, kind string) string {
	if words, ok := locale.Lookup(lang, "profile.did."+kind); ok {
		return words
	}
	return kind
}
