package person

import (
	_ "embed"
	"strings"

	"postkontor/shared/fault"
	"postkontor/shared/wordset"
)

// The longest address and the longest part before its @, in bytes (RFC 5321 §4.5.3.1).
const (
	MaxEmail = 254
	maxLocal = 64
)

// CheckEmail refuses what is no e-mail address of ordinary use: RFC 5321 §4.1.2 without quoted parts, address literals and
// hosts without a dot. Only ASCII: the sending service takes no other local parts, and a domain in another script is
// written, and kept, in its xn-- form.
func CheckEmail(location, email string) *fault.Field {
	local, domain, _ := strings.Cut(email, "@")
	if len(email) > MaxEmail || len(local) > maxLocal || !isLocal(local) || !isDomain(strings.ToLower(domain)) {
		return &fault.Field{Location: location, Code: "email_invalid"}
	}
	return nil
}

// isLocal: atoms with single dots between them.
func isLocal(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, notAtom) {
			return false
		}
	}
	return true
}

func notAtom(r rune) bool {
	return r <= ' ' || r >= 0x7F || strings.ContainsRune(`()<>[]:;@\,."`, r)
}

// isDomain: two labels or more of letters, digits and inner hyphens, the last one no number.
func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notLabel) {
			return false
		}
	}
	return len(labels) > 1 && strings.ContainsFunc(labels[len(labels)-1], isLetter)
}

func notLabel(r rune) bool { return r == '.' || r == '_' || notUsername(r) }

// FoldEmail answers the form in which e-mail addresses are compared: all of it in lower case. The part before the @ could
// tell case apart (RFC 5321 §2.4), but no service people use does, and people do not type it alike.
func FoldEmail(email string) string { return strings.ToLower(email) }

// disposable has the throw-away domains; `go run ./infra/lists` makes it.
//
//go:embed disposable.set
var disposable string

// Disposable reports whether the domain of an address, or one above it, is listed as a throw-away one.
func Disposable(email string) bool {
	_, domain, found := strings.Cut(FoldEmail(email), "@")
	for found {
		if wordset.Set(disposable).Has(domain) {
			return true
		}
		_, domain, found = strings.Cut(domain, ".")
	}
	return false
}
