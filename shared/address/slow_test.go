package address_test

import (
	"testing"

	"postkontor/shared/address"
)

func TestOTP5_SlowMail(t *testing.T) {
	t.Parallel()
	for state, slow := range map[string]bool{"AK": true, "HI": true, "PR": true, "GU": true, "AP": true, "MH": true, "WA": false, "DC": false, "NY": false} {
		if address.SlowMail(address.Address{State: state}) != slow {
			t.Errorf("%s: slow is not %v", state, slow)
		}
	}
}
