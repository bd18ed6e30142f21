package credential_test

import (
	"os"
	"strings"
	"testing"

	"postkontor/shared/credential"
	"postkontor/shared/locale"
)

func TestSQ1_AnswersFold(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"  Fluffy ": "fluffy", "FLUFFY": "fluffy", "José": "jose", "Jose\u0301": "jose", "St. Mary's": "st marys",
		"St  Mary´s": "st marys", "Anne-Marie": "anne marie", "Ｆｌｕｆｆｙ": "fluffy", "北京 ": "北京", "Søren Åström": "soren astrom",
		"Straße": "strasse", "\u202eFluffy\u202c": "fluffy", "?!": "", "42": "42",
	} {
		if got := credential.FoldAnswer(answer); got != want {
			t.Errorf("FoldAnswer(%q) = %q, want %q", answer, got, want)
		}
	}
}

func TestSQ3_Answers(t *testing.T) {
	t.Parallel()
	const good = "Aunt Harriet's parrot"
	question := credential.Questions()[0]
	for name, c := range map[string]struct{ answer, want string }{
		"good":               {"Fluffy", ""},
		"two letters":        {"Bo", ""},
		"a number":           {"4711", ""},
		"sixty-four":         {strings.Repeat("ab cd ef ", 8)[:64], ""},
		"Chinese":            {"豆豆子", ""},
		"contains username":  {"janedoe the parrot", ""},
		"missing":            {"  ", "validation.required"},
		"one letter":         {"B", "answer_weak"},
		"nothing to compare": {"?!", "answer_weak"},
		"sixty-five":         {strings.Repeat("ab cd ef ", 8)[:65], "answer_weak"},
		"huge":               {strings.Repeat("ab ", 20_000), "answer_weak"},
		"the other answer":   {"aunt harriets PARROT", "answers_equal"},
		"the username":       {"JaneDoe", "answer_weak"},
		"the password":       {"Eleven owls argue", "answer_weak"},
		"the question":       {question.Text(locale.English), "answer_weak"},
		"in Spanish":         {question.Text(locale.Spanish), "answer_weak"},
		"in Swedish":         {question.Text(locale.Swedish), "answer_weak"},
		"in Chinese":         {question.Text(locale.Chinese), "answer_weak"},
		"its id":             {question.ID, "answer_weak"},
		"one letter again":   {"xxxxxx", "answer_weak"},
		"digits in order":    {"123456", "answer_weak"},
		"none":               {"None.", "answer_weak"},
		"a dog":              {"MAX", "answer_weak"},
		"a color":            {"blue", "answer_weak"},
		"azul":               {"¡Azul!", "answer_weak"},
		"food":               {"pizza", "answer_weak"},
		"a family":           {"Smith", "answer_weak"},
		"a town":             {"New York", "answer_weak"},
		"Gothenburg":         {"Göteborg", "answer_weak"},
		"Beijing":            {"北京", "answer_weak"},
	} {
		answers := []credential.Answer{{Question: "first-car", Answer: good}, {Question: question.ID, Answer: c.answer}}
		fields := credential.CheckAnswers(answers, "janedoe", "eleven owls argue")
		switch {
		case c.want == "" && len(fields) == 0:
		case len(fields) != 1 || fields[0].Code != c.want || fields[0].Location != "body.securityAnswers[1].answer":
			t.Errorf("%s: %v, want %q", name, fields, c.want)
		}
	}
}

func TestSQ3_TopAnswers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	top := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(top) < 200 {
		t.Errorf("only %d top answers", len(top))
	}
	for _, answer := range top {
		answers := []credential.Answer{{Question: "first-car", Answer: "Edsel Ranger"}, {Question: "first-pet", Answer: answer}}
		if fields := credential.CheckAnswers(answers, "janedoe", sentence(20)); len(fields) != 1 || fields[0].Code != "answer_weak" {
			t.Errorf("%q: %v", answer, fields)
		}
	}
}

func TestSQ3_Questions(t *testing.T) {
	t.Parallel()
	answer := func(question, text string) credential.Answer {
		return credential.Answer{Question: question, Answer: text}
	}
	one, two := answer("first-pet", "Fluffy"), answer("first-car", "Edsel Ranger")
	for name, c := range map[string]struct {
		answers        []credential.Answer
		location, want string
	}{
		"unknown":   {[]credential.Answer{answer("first-moon", "Fluffy"), two}, "body.securityAnswers[0].question", "validation.question"},
		"equal":     {[]credential.Answer{one, answer("first-pet", "Rover")}, "body.securityAnswers[1].question", "validation.questions_equal"},
		"one only":  {[]credential.Answer{one}, "body.securityAnswers", "validation.too_few"},
		"one more":  {[]credential.Answer{one, two, one}, "body.securityAnswers", "validation.too_many"},
		"none":      {nil, "body.securityAnswers", "validation.too_few"},
		"no id":     {[]credential.Answer{answer("", "Fluffy"), two}, "body.securityAnswers[0].question", "validation.question"},
		"all wrong": {[]credential.Answer{answer("", ""), two}, "body.securityAnswers[0].question", "validation.question"},
	} {
		fields := credential.CheckAnswers(c.answers, "janedoe", sentence(20))
		if len(fields) == 0 || fields[0].Code != c.want || fields[0].Location != c.location {
			t.Errorf("%s: %v, want %s at %s", name, fields, c.want, c.location)
		}
	}
}

func TestQuestionsHaveTexts(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, question := range credential.Questions() {
		for _, lang := range locale.Languages() {
			text := question.Text(lang.Code)
			if strings.HasPrefix(text, "credential.") || seen[string(lang.Code)+text] {
				t.Errorf("%s of %s is %q", lang.Code, question.ID, text)
			}
			seen[string(lang.Code)+text] = true
		}
	}
}
