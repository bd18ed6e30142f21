package tracking

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postkontor/shared/barcode"
	"postkontor/shared/fault"
	"postkontor/shared/parcel"
)

// Of a number as people write it: how many groups it has at most ("420 98101 9400 1000 0000 0000 0000 00" has eight), and
// from how many characters a group is a number of its own.
const (
	mostGroups = 12
	wholeGroup = 12
)

// split answers the numbers in what was typed or pasted, as they stand there, a few more than Most at most. Commas,
// semicolons and lines part them; so do spaces, but for those that only group the digits of one number.
func split(text string) (numbers []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\n\r，；、", r) }) {
		numbers = append(numbers, ungroup(strings.Fields(part))...)
		if len(numbers) > Most {
			return numbers
		}
	}
	return numbers
}

// ungroup puts groups together that make a number; what is left between such is one that holds no more.
func ungroup(groups []string) (numbers []string) {
	var rest []string
	flush := func() {
		if len(rest) > 0 {
			numbers = append(numbers, strings.Join(rest, " "))
		}
		rest = nil
	}
	for len(groups) > 0 && len(numbers) <= Most {
		n := leading(groups)
		switch {
		case n > 0 || utf8.RuneCountInString(groups[0]) >= wholeGroup:
			flush()
			n = max(n, 1)
			numbers = append(numbers, strings.Join(groups[:n], " "))
		case len(rest) == mostGroups:
			flush()
			fallthrough
		default:
			n = 1
			rest = append(rest, groups[0])
		}
		groups = groups[n:]
	}
	flush()
	return numbers
}

// leading answers how many groups at the beginning make a number that holds, 0 for none.
func leading(groups []string) int {
	for n := min(len(groups), mostGroups); n > 0; n-- {
		if barcode.Holds(strings.Join(groups[:n], " ")) {
			return n
		}
	}
	return 0
}

// found is what came of one number.
type found struct {
	number string // canonical; of one that does not hold, as it was typed
	parcel *parcel.Parcel
	reason barcode.Problem // what is wrong with the number itself
	err    *fault.Error    // why there is no parcel
}

// look answers for each number in its order, with one look at the parcels. Location is where the numbers stand in the
// request.
func (t *Tracking) look(ctx context.Context, location string, typed ...string) ([]found, error) {
	all := make([]found, len(typed))
	var wanted []string
	for i, text := range typed {
		number, problem := barcode.Parse(text)
		if problem != nil {
			all[i] = found{number: cut(text), reason: *problem, err: invalid(location, problem)}
			continue
		}
		all[i].number = number.Canonical
		if !slices.Contains(wanted, number.Canonical) {
			wanted = append(wanted, number.Canonical)
		}
	}
	if len(wanted) == 0 {
		return all, nil
	}
	parcels, err := t.Parcels.Look(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].err != nil {
			continue
		}
		p, there := parcels[all[i].number]
		switch {
		case p != nil:
			all[i].parcel = p
		case there:
			all[i].err = &fault.Error{Kind: fault.Unavailable, Code: "unavailable", RetryAfter: time.Minute}
		default:
			all[i].err = fault.New(fault.NotFound, "number_unknown")
		}
	}
	return all, nil
}

// cut bounds what is shown of a number that is none.
func cut(text string) string {
	const most = 60
	if all := []rune(text); len(all) > most {
		return string(all[:most]) + "…"
	}
	return text
}

// invalid says why a number does not hold, with the number that was likely meant.
func invalid(location string, p *barcode.Problem) *fault.Error {
	field := fault.Field{Location: location, Code: "number_invalid", Words: "tracking.invalid." + string(p.Reason),
		Args: map[string]string{"carrier": p.Carrier}}
	f := &fault.Error{Kind: fault.Invalid, Code: field.Code, Fields: []fault.Field{field}, Members: map[string]any{"reason": p.Reason}}
	if p.Carrier != "" {
		f.Members["carrier"] = p.Carrier
	}
	if p.Suggestion != "" {
		f.Members["suggestion"] = p.Suggestion
	}
	return f
}
