package address

import "strings"

const number = `(?: (?:#|NO|NUMBER))*`

var (
	general  = pattern(`^(?:GENERAL DELIVERY|GENERAL DEL|GEN DELIVERY|GEN DEL|ENTREGA GENERAL|LISTA DE CORREOS)(?: (.*))?$`)
	poBox    = pattern(`^(?:P ?O ?B(?:OX)?|POST(?:AL| OFFICE) BOX|BOX|(?:P ?O )?(?:(?:FIRM )?CALLER|DRAWER|BIN|LOCK ?BOX)|APARTADO|APT?DO)(?: BOX)?` + number + ` ?([\dA-Z-]*\d[\dA-Z-]*|[A-Z])(?: (.*))?$`)
	anyBox   = pattern(`(?:^| )(?:P ?O ?BOX|POB|POST OFFICE BOX)(?:$|[ \d])`)
	rural    = pattern(`^(?:R ?R|RURAL (?:ROUTE|RTE|RT)|R ?F ?D(?: (?:ROUTE|RTE|RT))?|RUTA RURAL)` + number + ` ?0*(\d+[A-Z]?)(?: (.*))?$`)
	road     = pattern(`^(?:R ?D|RT|RTE|ROUTE)` + number + ` ?0*(\d+[A-Z]?) ((?:BOX|BX|#) .*)$`)
	contract = pattern(`^(?:H ?C(?: ?R)?|HIGHWAY CONTRACT(?: (?:ROUTE|RTE|RT))?|STAR (?:ROUTE|RTE|RT))` + number + `(?: ?0*(\d+[A-Z]?))?(?: (.*))?$`)
	box      = pattern(`^(?:BOX|BX|BUZON|#)` + number + ` ?([\dA-Z-]*\d[\dA-Z-]*|[A-Z])(?: (.*))?$`)
	military = pattern(`^(PSC|CMR|UNIT|OMC|UMR)` + number + ` ?(\d+[A-Z]?)(?: (.*))?$`)
	ship     = pattern(`^(?:USS|USNS|USCGC|MSC) [\dA-Z -]+$`)
)

// route reads the delivery lines that are no streets: boxes, routes, general delivery, military units. rest is what
// follows; ok says that it is such a line.
func route(text, state string) (street, rest, problem string, ok bool) {
	if m := general().FindStringSubmatch(text); m != nil { // Pub 28 §261
		return "GENERAL DELIVERY", m[1], "", true
	}
	if isMilitary(state) { // Pub 28 §238, §239
		return militaryLine(text)
	}
	if m := poBox().FindStringSubmatch(text); m != nil { // Pub 28 §281, §283; leading zeros are significant, §282
		return "PO BOX " + m[1], m[2], "", true
	}
	if m := rural().FindStringSubmatch(text); m != nil { // Pub 28 §241–§244
		return boxOn("RR "+m[1], m[2])
	}
	if m := road().FindStringSubmatch(text); m != nil { // Pub 28 §244
		return boxOn("RR "+m[1], m[2])
	}
	if m := contract().FindStringSubmatch(text); m != nil { // Pub 28 §251–§254
		if m[1] == "" {
			return strings.TrimSpace("HC " + m[2]), "", RouteNumberMissing, true
		}
		return boxOn("HC "+m[1], m[2])
	}
	return "", "", "", false
}

// boxOn reads the box of a route.
func boxOn(route, text string) (street, rest, problem string, ok bool) {
	m := box().FindStringSubmatch(text)
	if m == nil {
		return strings.TrimSpace(route + " " + text), "", BoxMissing, true
	}
	return route + " BOX " + m[1], m[2], "", true
}

// militaryLine reads what can stand over an APO, FPO or DPO line. Only a UNIT and a ship go without a box.
func militaryLine(text string) (street, rest, problem string, ok bool) {
	if ship().MatchString(text) {
		return text, "", "", true
	}
	m := military().FindStringSubmatch(text)
	if m == nil {
		return text, "", MilitaryStreet, true
	}
	if m[1] == "UNIT" && m[3] == "" {
		return "UNIT " + m[2], "", "", true
	}
	return boxOn(m[1]+" "+m[2], m[3])
}

func isMilitary(state string) bool { return state == "AA" || state == "AE" || state == "AP" }
