package account

import (
	"context"
	"unicode/utf8"

	"postkontor/shared/activity"
	"postkontor/shared/credential"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/session"
)

// Questions answers the ids of the security questions of an account, in their order.
func (s *Store) Questions(ctx context.Context, id string) ([]string, error) {
	_, l, err := s.both(ctx, id)
	if err != nil {
		return nil, err
	}
	return l.Questions, nil
}

// ChangeAnswers sets new security questions with their answers, and tells the customer. The answers are held to
// credential.CheckAnswers here, because the username is among what they must not be; nor may they be the password.
func (s *Store) ChangeAnswers(ctx context.Context, by *session.Session, answers []credential.Answer) error {
	return again(func() error {
		p, l, err := s.own(ctx, by)
		if err != nil {
			return err
		}
		if err := s.mayAnswer(ctx, l, answers); err != nil {
			return err
		}
		var b batch
		s.notify(ctx, &b, p, l, questionsChanged, message.Message{Channel: message.Email, Template: message.QuestionsChanged})
		if l.Questions, l.Answers, err = s.hashAnswers(ctx, answers); err != nil {
			return err
		}
		b.add(s.event(p.ID, activity.Event{Kind: questionsChanged, IP: by.IP, UserAgent: by.UserAgent}))
		b.add(replace(loginKey(l.Username), l, l.version))
		_, err = s.write(ctx, p, b)
		return err
	})
}

// mayAnswer holds answers to the rules. Only an answer as long as a password is compared with it: each costs a hash.
func (s *Store) mayAnswer(ctx context.Context, l *login, answers []credential.Answer) error {
	wrong := credential.CheckAnswers(answers, l.Username, "")
	for i, a := range answers {
		if len(wrong) > 0 || l.Password == "" || utf8.RuneCountInString(a.Answer) < credential.MinPassword {
			continue
		}
		same, _, err := s.Hasher.Verify(ctx, l.Password, credential.NormalizePassword(a.Answer))
		if err != nil {
			return err
		}
		if same {
			wrong = append(wrong, fault.Field{Location: []string{"body.securityAnswers[0].answer", "body.securityAnswers[1].answer"}[i], Code: "answer_weak"})
		}
	}
	return fault.Fields(wrong)
}
