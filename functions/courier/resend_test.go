package courier_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/functions/courier"
	"postkontor/infra/servers"
	"postkontor/shared/awsjson"
	"postkontor/shared/message"
)

// queue is a queue in moto, and the client that made it.
type queue struct {
	awsjson.Client
	url string
}

func makeQueue(t *testing.T, name string) queue {
	t.Helper()
	client := awsjson.Client{Service: "sqs", ContentType: "application/x-amz-json-1.0", Endpoint: servers.Moto(t), Region: "us-east-1",
		Credentials: aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s"}}.Defaults()
	client.HTTP.Timeout = 10 * time.Second
	var made struct{ QueueUrl string }
	if err := client.Call(t.Context(), "AmazonSQS.CreateQueue", map[string]any{"QueueName": name + rand.Text()}, &made); err != nil {
		t.Fatal(err)
	}
	return queue{client, made.QueueUrl}
}

// receive answers what stands in the queue, as Lambda hands it over.
func (q queue) receive(t *testing.T) (e events.SQSEvent) {
	t.Helper()
	var answer struct {
		Messages []struct{ MessageId, Body string }
	}
	if err := q.Call(t.Context(), "AmazonSQS.ReceiveMessage", map[string]any{"QueueUrl": q.url, "MaxNumberOfMessages": 10}, &answer); err != nil {
		t.Fatal(err)
	}
	for _, m := range answer.Messages {
		e.Records = append(e.Records, events.SQSMessage{MessageId: m.MessageId, EventSource: "aws:sqs", Body: m.Body})
	}
	return e
}

// attribute answers a count that SQS keeps of the queue.
func (q queue) attribute(t *testing.T, name string) string {
	t.Helper()
	var answer struct{ Attributes map[string]string }
	in := map[string]any{"QueueUrl": q.url, "AttributeNames": []string{name}}
	if err := q.Call(t.Context(), "AmazonSQS.GetQueueAttributes", in, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Attributes[name]
}

func TestResendsAndDeadLettersGoThroughSQS(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account("A", nil)
	resend, dead := makeQueue(t, "resend"), makeQueue(t, "dead")
	sqs := courier.NewSQS(resend.Client, resend.url, dead.url)
	h.Resend = sqs

	h.provider.set(true)
	id := h.put(message.Message{Account: "A", Channel: message.Email, Template: message.PasswordChanged})
	h.deliver(id)
	if n := resend.attribute(t, "ApproximateNumberOfMessagesDelayed"); n != "1" || len(resend.receive(t).Records) != 0 {
		t.Errorf("%s wait for their minute", n)
	}
	h.provider.set(false)
	if err := sqs.Later(t.Context(), courier.Retry{ID: id, Tries: 1}, 0); err != nil {
		t.Fatal(err)
	}
	event := resend.receive(t)
	if failures := h.handle(event); len(event.Records) != 1 || len(failures) != 0 || h.state(id) != "sent" {
		t.Errorf("%v: given back %v, %s", event, failures, h.state(id))
	}

	late := h.put(h.code("+12065550143"))
	h.pass(10 * time.Minute)
	h.deliver(late)
	if letters := dead.receive(t).Records; len(letters) != 1 || letters[0].Body != `{"id":"`+late+`"}` {
		t.Errorf("dead letters %v", letters)
	}
}
