package operator_test

import (
	"strings"
	"testing"

	"postkontor/shared/locale"
	"postkontor/shared/operator"
)

func TestDefaultSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	p := operator.Default()
	var all []operator.Words
	for _, tel := range p.Telephones {
		all = append(all, tel.Purpose)
		if len(tel.Hours) > 0 {
			all = append(all, tel.Hours)
		}
	}
	for _, topic := range p.Topics {
		all = append(all, topic.Text)
	}
	for _, link := range p.Links {
		all = append(all, link.Text)
	}
	if p.Name == "" || len(all) < 10 {
		t.Fatalf("the default profile has only %d texts", len(all))
	}
	for _, words := range all {
		for _, l := range locale.Languages() {
			if words[l.Code] == "" {
				t.Errorf("%q is missing in %s", words.In(locale.English), l.Code)
			}
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const topics = `"topics":[{"id":"other","text":{"en":"Other"}}]`
	for name, c := range map[string]struct{ profile, wrong string }{
		"the least":              {`{"name":"Posten",` + topics + `}`, ""},
		"everything":             {`{"name":"Posten",` + topics + `,"telephones":[{"purpose":{"en":"Help","sv":"Hjälp"},"number":"+46 20 555 01","hours":{"en":"9–17"}}],"links":[{"text":{"en":"Shop"},"url":"https://example.com/"}]}`, ""},
		"no JSON":                {`name: Posten`, "reading the profile"},
		"a field that is none":   {`{"name":"Posten","phones":[],` + topics + `}`, "phones"},
		"no name":                {`{"name":" ",` + topics + `}`, "name:"},
		"a name without end":     {`{"name":"` + strings.Repeat("n", 31) + `",` + topics + `}`, "name:"},
		"no other topic":         {`{"name":"Posten","topics":[]}`, `"other" is missing`},
		"a topic twice":          {`{"name":"Posten","topics":[{"id":"other","text":{"en":"A"}},{"id":"other","text":{"en":"B"}}]}`, "topics[1].id"},
		"an id that is a text":   {`{"name":"Posten","topics":[{"id":"Other things","text":{"en":"A"}}]}`, "topics[0].id"},
		"no English":             {`{"name":"Posten","topics":[{"id":"other","text":{"sv":"Annat"}}]}`, "topics[0].text: en is missing"},
		"a language that is not": {`{"name":"Posten","topics":[{"id":"other","text":{"en":"A","de":"B"}}]}`, `"de"`},
		"nothing to dial":        {`{"name":"Posten",` + topics + `,"telephones":[{"purpose":{"en":"Help"},"number":"ask"}]}`, "telephones[0].number"},
		"a topic for a number":   {`{"name":"Posten",` + topics + `,"telephones":[{"topic":"other","purpose":{"en":"Help"},"number":"020555"}],"supportEmail":"service@example.com"}`, ""},
		"a topic that is none":   {`{"name":"Posten",` + topics + `,"telephones":[{"topic":"stamps","purpose":{"en":"Help"},"number":"020555"}]}`, "telephones[0].topic"},
		"an address with a name": {`{"name":"Posten",` + topics + `,"supportEmail":"Service <service@example.com>"}`, "supportEmail"},
		"two addresses":          {`{"name":"Posten",` + topics + `,"supportEmail":"a@example.com, b@example.com"}`, "supportEmail"},
		"a link without TLS":     {`{"name":"Posten",` + topics + `,"links":[{"text":{"en":"Shop"},"url":"http://example.com/"}]}`, "links[0].url"},
	} {
		p, err := operator.Parse([]byte(c.profile))
		switch {
		case c.wrong == "" && (err != nil || p.Name != "Posten"):
			t.Errorf("%s: %v", name, err)
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s: %v, want %q in it", name, err, c.wrong)
		}
	}
}

func TestQuestionsAreAskedUnlessTheOperatorSaysNo(t *testing.T) {
	t.Parallel()
	const other = `"topics":[{"id":"other","text":{"en":"Other"}}]`
	for profile, want := range map[string]bool{`{"name":"Posten",` + other + `}`: true, `{"name":"Posten","securityQuestions":false,` + other + `}`: false} {
		if p, err := operator.Parse([]byte(profile)); err != nil || p.SecurityQuestions != want {
			t.Errorf("%s: %v, %v", profile, p.SecurityQuestions, err)
		}
	}
}

func TestTheNumberForATopic(t *testing.T) {
	t.Parallel()
	p := operator.Default()
	for topic, want := range map[string]string{"account": "1-800-344-7779", "supplies": "1-800-610-8734", "shipping": "1-800-275-8777", "none": "1-800-275-8777"} {
		if got, ok := p.Telephone(topic); !ok || got.Number != want {
			t.Errorf("%s: %s, want %s", topic, got.Number, want)
		}
	}
	if got, ok := (operator.Profile{Telephones: []operator.Telephone{{Number: "020555"}}}).Telephone("account"); !ok || got.Number != "020555" {
		t.Errorf("the only number is %q, %t", got.Number, ok)
	}
	if _, ok := (operator.Profile{}).Telephone("account"); ok {
		t.Error("there is a number where there is none")
	}
}

func TestWhatIsShown(t *testing.T) {
	t.Parallel()
	words := operator.Words{locale.English: "Help", locale.Swedish: "Hjälp"}
	if words.In(locale.Swedish) != "Hjälp" || words.In(locale.Chinese) != "Help" {
		t.Errorf("sv %q, zh-Hans %q", words.In(locale.Swedish), words.In(locale.Chinese))
	}
	if got := (operator.Telephone{Number: "+1 (800) 555-0100"}).Dial(); got != "tel:+18005550100" {
		t.Errorf("dials %s", got)
	}
}
