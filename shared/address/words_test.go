package address_test

import (
	"testing"

	"postkontor/shared/address"
	"postkontor/shared/locale"
)

func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	keys := []string{"fault.address_unverified.title", "fault.address_unverified.detail", "fault.address_unverified.field", "fault.validation.characters.field"}
	for _, code := range []string{address.CityOther, address.UrbanizationMissing, address.UnitUnknown, address.NoDelivery} {
		keys = append(keys, "address.warning."+code)
	}
	for _, code := range []string{address.StreetMissing, address.NameMissing, address.NumberMissing, address.Characters, address.TooLong,
		address.UnitNumberMissing, address.UnitConflict, address.UnitMissing, address.BoxMissing, address.RouteNumberMissing,
		address.TwoAddresses, address.MilitaryStreet, address.StateMissing, address.StateUnknown, address.StateConflict,
		address.ZipMissing, address.ZipUnknown, address.AddressUnknown, address.AddressAmbiguous} {
		keys = append(keys, "address.problem."+code)
	}
	for _, l := range locale.Languages() {
		for _, key := range keys {
			if _, ok := locale.Lookup(l.Code, key); !ok {
				t.Errorf("%s has no %s", l.Code, key)
			}
		}
	}
}
