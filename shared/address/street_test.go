package address_test

import (
	"strings"
	"testing"

	"postkontor/shared/address"
)

// streets holds delivery lines as they are typed and as Pub 28 writes them. "a | b" is street and unit; a problem's code
// follows "!".
var streets = []struct{ typed, want string }{
	// Pub 28 §231–§234: number, directionals, name, suffix.
	{"400 Broad Street", "400 BROAD ST"},
	{"1600 Pennsylvania Avenue NW", "1600 PENNSYLVANIA AVE NW"},
	{"1600 Pennsylvania Ave. N.W.", "1600 PENNSYLVANIA AVE NW"},
	{"350 Fifth Avenue", "350 FIFTH AVE"},
	{"350 5th av", "350 5TH AVE"},
	{"20 West 34th Street", "20 W 34TH ST"},
	{"1 Apple Park Way", "1 APPLE PARK WAY"},
	{"One Microsoft Way", "ONE MICROSOFT WAY"},
	{"1600 Amphitheatre Parkway", "1600 AMPHITHEATRE PKWY"},
	{"1 Infinite Loop", "1 INFINITE LOOP"},
	{"30 Rockefeller Plaza", "30 ROCKEFELLER PLZ"},
	{"1 World Trade Center", "1 WORLD TRADE CTR"},
	{"2 Lincoln Memorial Circle Northwest", "2 LINCOLN MEMORIAL CIR NW"},
	{"1313 Disneyland Drive", "1313 DISNEYLAND DR"},
	{"4059 Mt Lee Dr", "4059 MT LEE DR"},
	{"11 Wall Street", "11 WALL ST"},
	{"1000 5th Ave", "1000 5TH AVE"},
	{"1060 West Addison Street", "1060 W ADDISON ST"},
	{"233 South Wacker Drive", "233 S WACKER DR"},
	{"875 North Michigan Avenue", "875 N MICHIGAN AVE"},
	{"751 South Figueroa Street", "751 S FIGUEROA ST"},
	{"501 Auburn Avenue Northeast", "501 AUBURN AVE NE"},
	{"85 Pike Street", "85 PIKE ST"},
	{"600 Martin Luther King Jr. Blvd", "600 MARTIN LUTHER KING JR BLVD"},
	{"1 Dr. Carlton B. Goodlett Place", "1 DR CARLTON B GOODLETT PL"},
	{"12 broadway", "12 BROADWAY"},
	{"100 East Broadway", "100 E BROADWAY"},
	{"1251 Avenue of the Americas", "1251 AVENUE OF THE AMERICAS"},
	{"45 O'Neil's Ct", "45 ONEILS CT"},
	{"77 Lee-Jackson Hwy", "77 LEE JACKSON HWY"},
	{"  5   Elm     st. ", "5 ELM ST"},
	{"12 Peña Blvd.", "12 PENA BLVD"},
	{"8 Straße Lane", "8 STRASSE LN"},
	{"12 Łódź Øst Circle", "12 LODZ OST CIR"},
	{"１２ Ｍａｉｎ Ｓｔ", "12 MAIN ST"},
	{"123 Main St.Apt 4", "123 MAIN ST | APT 4"},
	// A word that would leave no name is the name: §233.
	{"123 North Ave", "123 NORTH AVE"},
	{"123 E St", "123 E ST"},
	{"1300 N Street NW", "1300 N ST NW"},
	{"100 W North St", "100 W NORTH ST"},
	{"12 N East Street", "12 N EAST ST"},
	{"123 St Paul St", "123 ST PAUL ST"},
	{"1005 South Ave East", "1005 SOUTH AVE E"},
	{"7 Park Avenue", "7 PARK AVE"},
	{"9 Court Street", "9 COURT ST"},
	{"9 Church Court Way", "9 CHURCH COURT WAY"},
	{"123 Plaza", "123 PLAZA"},
	{"10 Avenue A", "10 AVENUE A"},
	{"1001 Ave E", "1001 AVENUE E"},
	{"55 Av N", "55 AVENUE N"},
	{"1014 Bay W Drive", "1014 BAY WEST DR"},
	{"300 S E St", "300 S E ST"},
	// Two words that are one direction: §233.
	{"3002 North East Main Street", "3002 NE MAIN ST"},
	{"3010 North-East Main Street", "3010 NE MAIN ST"},
	{"200 S. W. 5th Avenue", "200 SW 5TH AVE"},
	{"3402 Main Street North East", "3402 MAIN ST NE"},
	{"1011 South West Main St North East", "1011 SW MAIN ST NE"},
	{"8630 East West Highway", "8630 EAST WEST HWY"},
	{"400 North Capitol Street NW", "400 N CAPITOL ST NW"},
	{"12 Main N", "12 MAIN N"},
	// Two suffixes: §234.2.
	{"789 Main Avenue Drive", "789 MAIN AVENUE DR"},
	{"2002 Main Pky Ave", "2002 MAIN PARKWAY AVE"},
	{"100 Main St Ext", "100 MAIN STREET EXT"},
	{"4 Park Place Ct S", "4 PARK PLACE CT S"},
	// Spanish names outside Puerto Rico.
	{"500 Via Vista", "500 VIA VISTA"},
	{"500 Camino Vista Rd", "500 CAMINO VISTA RD"},
	{"88 Avenida Del Mar", "88 AVENIDA DEL MAR"},
	{"90 Calle Real", "90 CALLE REAL"},
	// House numbers: §232, Appendices D and E.
	{"101 1/2 Main St", "101 1/2 MAIN ST"},
	{"101½ Main St", "101 1/2 MAIN ST"},
	{"289-01 Montgomery Ave", "289-01 MONTGOMERY AVE"},
	{"112–10 Bronx Rd", "112-10 BRONX RD"},
	{"54-A Elm St", "54-A ELM ST"},
	{"N6W23001 Bluemound Road", "N6W23001 BLUEMOUND RD"},
	{"W204 Goldendale Rd", "W204 GOLDENDALE RD"},
	{"842 East 1700 South", "842 E 1700 S"},
	{"1016 E 1700 S", "1016 E 1700 S"},
	{"39.2 Rd", "39.2 RD"},
	{"9028 rd 39.4", "9028 ROAD 39.4"},
	{"221B Baker St", "221B BAKER ST"},
	// Highways: §237, Appendix F.
	{"9004 CR 20 NE", "9004 COUNTY ROAD 20 NE"},
	{"12 Cnty Rd 33", "12 COUNTY ROAD 33"},
	{"12 Co Rd 441", "12 COUNTY ROAD 441"},
	{"12 County Hwy 60E", "12 COUNTY HIGHWAY 60E"},
	{"N500 County Road E", "N500 COUNTY ROAD E"},
	{"N501 county rd QQ", "N501 COUNTY ROAD QQ"},
	{"12 US 41 SW", "12 US HIGHWAY 41 SW"},
	{"12 U.S. Hwy 44", "12 US HIGHWAY 44"},
	{"12 US-1", "12 US HIGHWAY 1"},
	{"12 Hwy 64", "12 HIGHWAY 64"},
	{"12 W Highway 40", "12 W HIGHWAY 40"},
	{"12 Old Hwy 5", "12 OLD HIGHWAY 5"},
	{"12 KY Hwy 75", "12 KY HIGHWAY 75"},
	{"12 KY St Hwy 1", "12 KY STATE HIGHWAY 1"},
	{"12 Hwy 11 Bypass", "12 HIGHWAY 11 BYP"},
	{"12 Highway 3 Byp Road", "12 HIGHWAY 3 BYPASS RD"},
	{"12 Hwy 66 Frontage Road", "12 HIGHWAY 66 FRONTAGE RD"},
	{"12 I-10", "12 INTERSTATE 10"},
	{"12 I 55 Bypass", "12 INTERSTATE 55 BYP"},
	{"12 IH280", "12 INTERSTATE 280"},
	{"12 Farm to Market 1200", "12 FM 1200"},
	{"12 FM-1960 W", "12 FM 1960 W"},
	{"12 Hwy FM 1320", "12 FM 1320"},
	{"12 Ranch Rd 620", "12 RANCH ROAD 620"},
	{"12 SR 220", "12 STATE ROAD 220"},
	{"12 St Rd 86", "12 STATE ROAD 86"},
	{"12 State Rte 260", "12 STATE ROUTE 260"},
	{"12 St Rt 175", "12 STATE ROUTE 175"},
	{"12 Rt 88", "12 ROUTE 88"},
	{"12 Route 66", "12 ROUTE 66"},
	{"12 Twp Rd 20", "12 TOWNSHIP ROAD 20"},
	{"12 TSR 45", "12 TOWNSHIP ROAD 45"},
	{"12 Expressway 55", "12 EXPRESSWAY 55"},
	{"12 State St", "12 STATE ST"},
	{"12 Highway Dr", "12 HIGHWAY DR"},
	{"12 County Road", "12 COUNTY RD"},
	{"12 I St", "12 I ST"},
	// Units: §213, Appendix C2.
	{"400 Broad St Apt 4b", "400 BROAD ST | APT 4B"},
	{"400 Broad St, Apartment 4 B", "400 BROAD ST | APT 4B"},
	{"400 Broad St Apt #4-B", "400 BROAD ST | APT 4-B"},
	{"400 Broad St Apt. No. 4", "400 BROAD ST | APT 4"},
	{"400 Broad St APT4B", "400 BROAD ST | APT 4B"},
	{"400 Broad St #5", "400 BROAD ST | # 5"},
	{"400 Broad St # 5", "400 BROAD ST | # 5"},
	{"#5 400 Broad St", "400 BROAD ST | # 5"},
	{"Apt 3200, 152 South Tech Dr", "152 S TECH DR | APT 3200"},
	{"Unit 3200 152 Tech Dr Upper", "152 TECH DR | UNIT 3200 UPPR"},
	{"Rear 12 Elm St", "12 ELM ST | REAR"},
	{"2nd Floor, 12 Elm St", "12 ELM ST | FL 2"},
	{"12 Elm St 2nd fl", "12 ELM ST | FL 2"},
	{"12 Elm St Floor 2 Suite 200", "12 ELM ST | FL 2 STE 200"},
	{"450 Jane Stanford Way Building 420 Room 120", "450 JANE STANFORD WAY | BLDG 420 RM 120"},
	{"12 Elm St Bldg Adams", "12 ELM ST | BLDG ADAMS"},
	{"12 Elm Ste A-1", "12 ELM | STE A-1"},
	{"12 Elm St Penthouse", "12 ELM ST | PH"},
	{"12 Elm St PH 3", "12 ELM ST | PH 3"},
	{"12 Broadway Basement", "12 BROADWAY | BSMT"},
	{"12 Elm St SW Lobby", "12 ELM ST SW | LBBY"},
	{"12 Elm St Rear", "12 ELM ST | REAR"},
	{"12 Elm St Front", "12 ELM ST | FRNT"},
	{"12 Elm St Office", "12 ELM ST | OFC"},
	{"12 Elm St Lot 7", "12 ELM ST | LOT 7"},
	{"12 Elm St Trailer 7", "12 ELM ST | TRLR 7"},
	{"12 Elm St Space 204", "12 ELM ST | SPC 204"},
	{"12 Elm St Slip B", "12 ELM ST | SLIP B"},
	{"12 Elm St Dept 5", "12 ELM ST | DEPT 5"},
	{"12 Elm St Hangar 5", "12 ELM ST | HNGR 5"},
	{"12 Elm St Stop 7", "12 ELM ST | STOP 7"},
	{"12 Elm St Pier 9", "12 ELM ST | PIER 9"},
	{"12 Elm St Apt Rear", "12 ELM ST | APT REAR"},
	{"12 Elm St Apt 4 back door", "12 ELM ST | APT 4 BACK DOOR"},
	{"123 Main Street PMB 4545", "123 MAIN ST | PMB 4545"},
	{"10 Main St Ste 11 PMB 234", "10 MAIN ST | STE 11 PMB 234"},
	{"12 Hwy 5 # 4", "12 HIGHWAY 5 | # 4"},
	{"12 Front St", "12 FRONT ST"},
	{"12 Lower River Rd", "12 LOWER RIVER RD"},
	{"12 Ocean Key", "12 OCEAN KY"},
	{"12 Pine Ridge Key", "12 PINE RIDGE KY"},
	{"12 Key West Rd", "12 KEY WEST RD"},
	{"12 Parking Lot", "12 PARKING LOT"},
	{"12 Unit Dr", "12 UNIT DR"},
	// A designator without its number, and other things that are missing.
	{"12 Elm St Apt", "12 ELM ST | APT !unit_number_missing"},
	{"12 Elm St Suite #", "12 ELM ST | STE !unit_number_missing"},
	{"12 Elm St #", "12 ELM ST | # !unit_number_missing"},
	{"12 Elm St Lot", "12 ELM ST | LOT !unit_number_missing"},
	{"12 Elm St Room", "12 ELM ST | RM !unit_number_missing"},
	{"Elm Street", "ELM ST !number_missing"},
	{"5th Avenue", "5TH AVE !number_missing"},
	{"Main St Apt 4", "MAIN ST | APT 4 !number_missing"},
	{"5th & Main", "5TH & MAIN !number_missing"},
	{"Empire State Building", "EMPIRE STATE BUILDING !number_missing"},
	{"12", "12 !name_missing"},
	{"12 1/2", "12 1/2 !name_missing"},
	{"12 Apt 4", "12 | APT 4 !name_missing"},
	{"---", " !street_missing"},
	{"12 Elm St Apt 4 Apt 5", "12 ELM ST | APT 4 APT 5 !unit_conflict"},
	{"12 Elm St PO Box 5", "12 ELM ST PO BOX 5 !two_addresses"},
	// Boxes: §281–§283.
	{"P.O. Box 12", "PO BOX 12"},
	{"POB 12", "PO BOX 12"},
	{"PO BOX 12", "PO BOX 12"},
	{"p o box #12", "PO BOX 12"},
	{"POBox12", "PO BOX 12"},
	{"Post Office Box G", "PO BOX G"},
	{"Box 11890", "PO BOX 11890"},
	{"P.O. Box 00145", "PO BOX 00145"},
	{"P.O.Box 12-A", "PO BOX 12-A"},
	{"Drawer L", "PO BOX L"},
	{"Lockbox 1234", "PO BOX 1234"},
	{"Firm Caller 1234", "PO BOX 1234"},
	{"Bin 1234", "PO BOX 1234"},
	{"PO Box 12 Elm St", "PO BOX 12 ELM ST !two_addresses"},
	{"PO Box", "PO BOX !two_addresses"},
	{"Box Elder Rd", "BOX ELDER RD !number_missing"},
	// Rural and highway contract routes: §24, §25.
	{"RR 2 Box 18", "RR 2 BOX 18"},
	{"R.R. #2 Bx 18", "RR 2 BOX 18"},
	{"Rural Route 91 Box A7", "RR 91 BOX A7"},
	{"RFD Route 61 #87b", "RR 61 BOX 87B"},
	{"RFD 2 Box 18", "RR 2 BOX 18"},
	{"RD 51 # 25", "RR 51 BOX 25"},
	{"Route 4 Box 19-1A", "RR 4 BOX 19-1A"},
	{"RR0061 #87b", "RR 61 BOX 87B"},
	{"RR 1 Box 12 PMB 596", "RR 1 BOX 12 | PMB 596"},
	{"RR 2", "RR 2 !box_missing"},
	{"RR 2 Box 18 Bryan Dairy Rd", "RR 2 BOX 18 BRYAN DAIRY RD !two_addresses"},
	{"HC 68 Box 23A", "HC 68 BOX 23A"},
	{"HCR 068 BX 23a", "HC 68 BOX 23A"},
	{"Highway Contract Route 68 Box 23", "HC 68 BOX 23"},
	{"Star Route 1 Box 98", "HC 1 BOX 98"},
	{"HC68 Box 5", "HC 68 BOX 5"},
	{"Star Route Box 98", "HC BOX 98 !route_number_missing"},
	{"HC 68", "HC 68 !box_missing"},
	// General delivery: §261.
	{"General Delivery", "GENERAL DELIVERY"},
	{"gen. del.", "GENERAL DELIVERY"},
	// What no US address has.
	{"東京都千代田区1-1", "東京都千代田区1-1 !characters"},
	{"улица Ленина 5", "УЛИЦА ЛЕНИНА 5 !characters"},
	{"123 🏠 Main St", "123 🏠 MAIN ST !characters"},
}

// told writes a result the way the tables do.
func told(r address.Result) string {
	text := r.Address.Street
	if r.Address.Secondary != "" {
		text += " | " + r.Address.Secondary
	}
	for _, p := range r.Problems {
		text += " !" + p.Code
	}
	for _, w := range r.Warnings {
		text += " ?" + w.Code
	}
	return text
}

func verify(t *testing.T, e address.Entry) address.Result {
	t.Helper()
	r, err := address.Embedded{}.Verify(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDeliveryLines(t *testing.T) {
	t.Parallel()
	for _, c := range streets {
		r := verify(t, address.Entry{Street: c.typed, City: "Seattle", State: "WA", Zip: "98109"})
		if got := told(r); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.typed, got, c.want)
		}
		if usable := !strings.Contains(c.want, "!"); usable != (r.Status == address.Verified) {
			t.Errorf("%s: %s", c.typed, r.Status)
		}
	}
	if len(streets) < 150 {
		t.Errorf("only %d rows", len(streets))
	}
}

func TestUnitField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ street, secondary, want string }{
		{"12 Elm St", "Apartment 4b", "12 ELM ST | APT 4B"},
		{"12 Elm St", "Suite #200", "12 ELM ST | STE 200"},
		{"12 Elm St", "4b", "12 ELM ST | # 4B"},
		{"12 Elm St", "#4b", "12 ELM ST | # 4B"},
		{"12 Elm St", "200", "12 ELM ST | # 200"},
		{"12 Elm St", "2nd Floor", "12 ELM ST | FL 2"},
		{"12 Elm St", "Front", "12 ELM ST | FRNT"},
		{"12 Elm St", "Bldg 3, Apt 4", "12 ELM ST | BLDG 3 APT 4"},
		{"12 Elm St", "Tower 2 Apartment 4", "12 ELM ST | TOWER 2 APT 4"},
		{"12 Elm St", "c/o Smith", "12 ELM ST | C O SMITH"},
		{"12 Elm St", "Front door", "12 ELM ST | FRONT DOOR"},
		{"12 Elm St", "PMB 12", "12 ELM ST | PMB 12"},
		{"12 Elm St", "Apt", "12 ELM ST | APT !unit_number_missing"},
		{"12 Elm St", "Key", "12 ELM ST | KEY !unit_number_missing"},
		{"12 Elm St", "Suite #", "12 ELM ST | STE !unit_number_missing"},
		{"12 Elm St Apt", "4b", "12 ELM ST | APT 4B"},
		{"12 Elm St Apt 4", "Apt 4", "12 ELM ST | APT 4"},
		{"12 Elm St Apt 4", "4", "12 ELM ST | APT 4"},
		{"12 Elm St Apt 4", "#4", "12 ELM ST | APT 4"},
		{"12 Elm St Apt 4", "Apt 5", "12 ELM ST | APT 4 APT 5 !unit_conflict"},
		{"12 Elm St Bldg 3", "Apt 4", "12 ELM ST | BLDG 3 APT 4"},
		{"12 Elm St", "PO Box 5", "12 ELM ST | PO BOX 5 !two_addresses"},
		{"PO Box 5", "Apt 4", "PO BOX 5 | APT 4"},
		{"12 Elm St", "アパート4", "12 Elm St | アパート4 !characters"},
	} {
		r := verify(t, address.Entry{Street: c.street, Secondary: c.secondary, City: "Seattle", State: "WA", Zip: "98109"})
		if got := told(r); !strings.EqualFold(got, c.want) {
			t.Errorf("%s + %s\n got %s\nwant %s", c.street, c.secondary, got, c.want)
		}
	}
}

func TestMilitaryLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, want string }{
		{"PSC 802 Box 74", "PSC 802 BOX 74"},
		{"psc #3, box 1234", "PSC 3 BOX 1234"},
		{"CMR 1250 Box 5", "CMR 1250 BOX 5"},
		{"Unit 2050 Box 4190", "UNIT 2050 BOX 4190"},
		{"Unit 9900 Box 0500", "UNIT 9900 BOX 0500"},
		{"UNIT 100100", "UNIT 100100"},
		{"USS Hamilton DDG-60", "USS HAMILTON DDG-60"},
		{"USCGC Hamilton", "USCGC HAMILTON"},
		{"General Delivery", "GENERAL DELIVERY"},
		{"PSC 802", "PSC 802 !box_missing"},
		{"123 Main St", "123 MAIN ST !military_street"},
		{"PO Box 12", "PO BOX 12 !military_street"},
	} {
		r := verify(t, address.Entry{Street: c.typed, City: "APO", State: "AE", Zip: "09001"})
		if got := told(r); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.typed, got, c.want)
		}
	}
	r := verify(t, address.Entry{Street: "PSC 802 Box 74", City: "Naples", State: "AE", Zip: "09001"})
	if r.Status != address.Corrected || r.Address.City != "APO" {
		t.Errorf("a city instead of APO: %+v", r)
	}
}

func TestPuertoRicanLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ street, urbanization, want string }{
		{"150 Calle A", "Las Gladiolas", "URB LAS GLADIOLAS / 150 CALLE A"},
		{"150 Calle A", "Urb. Las Gladiolas", "URB LAS GLADIOLAS / 150 CALLE A"},
		{"150 Calle A", "Urbanización Las Gladiolas", "URB LAS GLADIOLAS / 150 CALLE A"},
		{"150 Calle A", "Ext. Vista Bella", "EXT VISTA BELLA / 150 CALLE A"},
		{"Urb Las Gladiolas, 150 Calle A", "", "URB LAS GLADIOLAS / 150 CALLE A"},
		{"Urb Las Gladiolas 150 Calle A", "Las Gladiolas", "URB LAS GLADIOLAS / 150 CALLE A"},
		{"150 Calle A, Urb Las Gladiolas", "", "URB LAS GLADIOLAS / 150 CALLE A"},
		{"150 Calle A", "", " / 150 CALLE A ?urbanization_missing"},
		{"B-17 Calle 3", "", " / B17 CALLE 3 ?urbanization_missing"},
		{"12-15 Calle 3", "Royal Oaks", "URB ROYAL OAKS / 12-15 CALLE 3"},
		{"585 Avenida FD Roosevelt", "", " / 585 AVE FD ROOSEVELT"},
		{"1000 Ave Ponce de León Apto 4", "", " / 1000 AVE PONCE DE LEON | APT 4"},
		{"Calle Luna #205", "", " / 205 CALLE LUNA"},
		{"Calle Luna 205 Apt 3", "", " / 205 CALLE LUNA | APT 3"},
		{"Calle 5 #12", "Villa Rica", "VILLA RICA / 12 CALLE 5"},
		{"105 Camino Amazona", "", " / 105 CAMINO AMAZONA"},
		{"1212 Via Angélica", "", " / 1212 VIA ANGELICA"},
		{"45 Mall Dr", "", " / 45 MALL DR"},
		{"Cond Miramar Apt 5", "", " / COND MIRAMAR | APT 5"},
		{"Carr 115 Km 12.5", "", " / CARR 115 KM 12.5"},
		{"HC 2 Box 1234", "", " / HC 2 BOX 1234"},
		{"Ruta Rural 4 Buzón 12", "", " / RR 4 BOX 12"},
		{"Apartado 1190", "", " / PO BOX 1190"},
		{"Calle Luna", "", " / CALLE LUNA !number_missing"},
	} {
		r := verify(t, address.Entry{Street: c.street, Urbanization: c.urbanization, City: "San Juan", State: "Puerto Rico", Zip: "00926"})
		if got := r.Address.Urbanization + " / " + told(r); got != c.want {
			t.Errorf("%s + %s\n got %s\nwant %s", c.street, c.urbanization, got, c.want)
		}
	}
	r := verify(t, address.Entry{Street: "12 Elm St", Urbanization: "Las Gladiolas", City: "Seattle", State: "WA", Zip: "98109"})
	if r.Status != address.Corrected || r.Address.Urbanization != "" {
		t.Errorf("an urbanization outside Puerto Rico: %+v", r)
	}
}
