package credential

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postkontor/shared/fault"
	"postkontor/shared/locale"
	"postkontor/shared/person"
)

// Question is one that a customer may choose to answer.
type Question struct {
	ID string
}

// Text answers the question in a language.
func (q Question) Text(lang locale.Tag) string { return locale.Text(lang, "credential.question."+q.ID) }

// Questions answers all questions, in the order in which they are offered. They ask for what stays as it is and does not
// stand on papers: no maiden name, no place of birth, no favorites of today. An id is never given another meaning.
func Questions() []Question {
	return []Question{{"first-pet"}, {"first-school"}, {"childhood-street"}, {"childhood-friend"}, {"best-teacher"}, {"first-job-town"},
		{"parents-met"}, {"grandmother"}, {"oldest-cousin"}, {"first-car"}, {"first-concert"}, {"childhood-book"}}
}

// Asked is a question in words.
type Asked struct {
	ID   string `json:"id" example:"first-pet"`
	Text string `json:"text"`
}

// Ask answers the questions of those ids in a language.
func Ask(lang locale.Tag, ids []string) []Asked {
	asked := make([]Asked, len(ids))
	for i, id := range ids {
		asked[i] = Asked{id, Question{id}.Text(lang)}
	}
	return asked
}

// Answer is a customer's answer to one question.
type Answer struct {
	Question string `json:"question"` // its id
	Answer   string `json:"answer"`
}

// FoldAnswer answers the form in which answers are compared and hashed: "  Fluffy " is "fluffy", "José" is "jose",
// "St. Mary's" is "st marys".
func FoldAnswer(answer string) string { return person.FoldName(answer) }

// How many answers there are, and how long each may be, in characters after folding.
const (
	AnswerCount = 2
	MinAnswer   = 2
	MaxAnswer   = 64
)

// CheckAnswers answers what is wrong with the answers of body.securityAnswers: two, to different questions that exist,
// not alike (answers_equal), and none of the wrong length or easy to guess (answer_weak).
func CheckAnswers(answers []Answer, username, password string) []fault.Field {
	const location = "body.securityAnswers"
	if n := len(answers); n != AnswerCount {
		code := "validation.too_few"
		if n > AnswerCount {
			code = "validation.too_many"
		}
		return []fault.Field{{Location: location, Code: code, Args: map[string]string{"n": strconv.Itoa(AnswerCount)}}}
	}
	var fields []fault.Field
	for i, a := range answers {
		at, before := fmt.Sprintf("%s[%d]", location, i), answers[:i]
		if code := questionFault(a, before); code != "" {
			fields = append(fields, fault.Field{Location: at + ".question", Code: code})
		}
		if code := answerFault(a, before, username, password); code != "" {
			fields = append(fields, fault.Field{Location: at + ".answer", Code: code})
		}
	}
	return fields
}

func questionFault(a Answer, before []Answer) string {
	if !slices.Contains(Questions(), Question{a.Question}) {
		return "validation.question"
	}
	if slices.ContainsFunc(before, func(b Answer) bool { return b.Question == a.Question }) {
		return "validation.questions_equal"
	}
	return ""
}

func answerFault(a Answer, before []Answer, username, password string) string {
	folded := FoldAnswer(a.Answer)
	switch {
	case strings.TrimSpace(a.Answer) == "":
		return "validation.required"
	case slices.ContainsFunc(before, func(b Answer) bool { return FoldAnswer(b.Answer) == folded }):
		return "answers_equal"
	case isWeak(folded, Question{a.Question}, username, password):
		return "answer_weak"
	}
	return ""
}

// isWeak reports whether a folded answer has the wrong length, is one that many people give, a row of equal characters or of
// digits in order, or something that stands beside it.
func isWeak(folded string, q Question, username, password string) bool {
	if n := utf8.RuneCountInString(folded); n < MinAnswer || n > MaxAnswer {
		return true
	}
	beside := []string{username, password, q.ID}
	for _, lang := range locale.Languages() {
		beside = append(beside, q.Text(lang.Code))
	}
	_, size := utf8.DecodeRuneInString(folded)
	return slices.ContainsFunc(beside, func(text string) bool { return FoldAnswer(text) == folded }) ||
		strings.Trim(folded, folded[:size]) == "" ||
		strings.Trim(folded, "0123456789") == "" && isPattern(folded) ||
		slices.Contains(strings.Split(topAnswers, "\n"), folded)
}

// topAnswers are those that a guesser tries first, folded, a line each: no answer at all, then pets, colors, food, family
// names, first names, towns, streets, schools, cars, books and musicians, in the product's languages.
//
//go:embed answers.txt
var topAnswers string
