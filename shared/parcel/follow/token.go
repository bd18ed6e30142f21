package follow

import (
	"context"
	"fmt"
	"strings"

	"postkontor/shared/fault"
)

// purpose stands in what is signed, so that no other token made with the same ring ends a subscription.
const purpose = "unsubscribe\x00"

// token answers what ends an account's subscription to a parcel without a login: "ACCOUNT.NUMBER.ID.MAC". It has no end,
// as mail is kept for years; all that it can do is to stop messages.
func (s *Store) token(ctx context.Context, account, number string) (string, error) {
	signed := account + "." + number
	mac, err := s.Token.MAC(ctx, []byte(purpose+signed))
	if err != nil {
		return "", fmt.Errorf("signing a way to unsubscribe: %w", err)
	}
	return signed + "." + mac, nil
}

// Open answers whose subscription to which parcel a token ends. What token did not make is the fault token_invalid of the
// field body.token.
func (s *Store) Open(ctx context.Context, token string) (account, number string, err error) {
	account, rest, _ := strings.Cut(token, ".")
	number, mac, _ := strings.Cut(rest, ".")
	ok, err := s.Token.CheckMAC(ctx, []byte(purpose+account+"."+number), mac)
	if err != nil {
		return "", "", fmt.Errorf("opening a way to unsubscribe: %w", err)
	}
	if !ok {
		return "", "", fault.Fields([]fault.Field{{Location: "body.token", Code: "token_invalid", Words: "tracking.unsubscribe.invalid"}})
	}
	return account, number, nil
}

// Unsubscribe ends the subscription that a token is for; one that has ended already is as good.
func (s *Store) Unsubscribe(ctx context.Context, token string) error {
	account, number, err := s.Open(ctx, token)
	if err != nil {
		return err
	}
	if err := s.End(ctx, account, number); fault.Code(err) != "not_found" {
		return err
	}
	return nil
}
