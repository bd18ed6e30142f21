package credential

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"postkontor/shared/fault"
)

// The length of a password in code points after NFC (SP 800-63B-4 §3.1.1.2, for a password alone).
const (
	MinPassword = 15
	MaxPassword = 128
)

// NormalizePassword answers the form in which a password is checked and hashed: NFC, and nothing else, so that one typed on
// another keyboard is the same.
func NormalizePassword(password string) string { return norm.NFC.String(password) }

// FoldPassword answers the form in which passwords are compared with the lists of common ones.
func FoldPassword(password string) string { return strings.ToLower(NormalizePassword(password)) }

// CheckPassword refuses a password that is too short or too long, that many people use (password_common), or that is made
// of nothing but what others know of this person or this site (password_context). There are no other rules: SP
// 800-63B-4 §3.1.1.2 forbids asking for kinds of characters.
func CheckPassword(location, password string, c Context) *fault.Field {
	password = NormalizePassword(password)
	code := ""
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		code = "password_short"
	case n > MaxPassword:
		code = "password_long"
	case isCommon(FoldPassword(password)):
		code = "password_common"
	case c.makesUp(password):
		code = "password_context"
	default:
		return nil
	}
	return &fault.Field{Location: location, Code: code}
}
