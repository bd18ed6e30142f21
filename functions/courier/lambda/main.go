// Command lambda is the function courier.
package main

import (
	"net/mail"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"postkontor/functions/courier"
	"postkontor/shared/awsjson"
	"postkontor/shared/deployed"
	"postkontor/shared/message"
	"postkontor/shared/message/letter"
	"postkontor/shared/message/ses"
	"postkontor/shared/message/sns"
	"postkontor/shared/secret"
)

func main() {
	f := deployed.Open("courier", secret.Seal, secret.Decoy)
	resend := courier.NewSQS(awsjson.Client{Endpoint: os.Getenv("SQS_ENDPOINT")}, deployed.Must("RESEND_QUEUE_URL"), deployed.Must("UNSENT_QUEUE_URL"))
	from := mail.Address{Name: f.Operator.Name, Address: deployed.Must("SENDER")}
	senders := map[message.Channel]courier.Sender{
		message.SMS:    sns.New(sns.Options{Endpoint: os.Getenv("SNS_ENDPOINT"), From: os.Getenv("SMS_ORIGINATION")}),
		message.Letter: letter.NewBucket(deployed.Must("LETTERS_BUCKET"), awsjson.Client{Endpoint: os.Getenv("S3_ENDPOINT")}),
		message.Email:  ses.New(ses.Options{Endpoint: os.Getenv("SES_ENDPOINT"), From: from, ConfigurationSet: os.Getenv("CONFIGURATION_SET")}),
	}
	lambda.Start(courier.New(courier.Config{DB: f.DB, Opener: secret.NewOpener(f.Keys), Counters: secret.NewKey(f.Keys, secret.Decoy),
		Words: f.Words(), Service: f.Operator.SupportEmail, Senders: senders, Resend: resend, Budgets: courier.MustBudgets(deployed.Must("SMS_BUDGETS")), Metrics: f.Events, Log: f.Log}).Handle)
}
