package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"postkontor/infra/house"
	"postkontor/infra/servers"
	"postkontor/shared/awsjson"
	"postkontor/shared/secret"
	"postkontor/shared/table/dynamo"
)

// What the emulated deployment is called. The region's and the account's names reach nobody.
const (
	stage  = "local"
	region = "us-east-1"
	sender = "post@operator.example"
	mail   = "Mail" // what the emulator makes of !Ref Mail
)

var (
	keys     = aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}
	provider = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
)

// stand is what stands in for AWS.
type stand struct {
	dynamoDB, services string // as the containers reach them
	moto               string // as this process does
	resend, unsent     string // the queues' URLs
	stream             awsjson.Client
}

// standIn starts DynamoDB Local and moto and makes in them what the template would make: tables, keys, a sender, queues.
func standIn(ctx context.Context, u *undo, host string) (*stand, error) {
	db, err := servers.StartDynamoDB()
	if err != nil {
		return nil, err
	}
	u.add(db.Stop)
	moto, err := servers.StartMoto()
	if err != nil {
		return nil, err
	}
	u.add(moto.Stop)
	s := &stand{moto: moto.Endpoint, stream: client("dynamodb", "application/x-amz-json-1.0", db.Endpoint)}
	if s.dynamoDB, err = relay(u, host, db.Endpoint); err != nil {
		return nil, err
	}
	if s.services, err = relay(u, host, moto.Endpoint); err != nil {
		return nil, err
	}
	tables := dynamo.New(dynamo.Options{Endpoint: db.Endpoint, Region: region, Prefix: "postkontor-" + stage + "-",
		Credentials: provider, Definitions: house.Tables()})
	return s, errors.Join(tables.CreateTables(ctx), s.parameters(ctx), s.identity(ctx), s.queues(ctx))
}

func client(service, kind, endpoint string) awsjson.Client {
	return awsjson.Client{Service: service, ContentType: kind, Endpoint: endpoint, Region: region, Credentials: keys,
		HTTP: &http.Client{Timeout: 10 * time.Second}}
}

// relay lets containers reach a server on this machine's loopback, from their own network and no other.
func relay(u *undo, host, endpoint string) (string, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	u.add(listener.Close)
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go join(from, strings.TrimPrefix(endpoint, "http://"))
		}
	}()
	return "http://" + listener.Addr().String(), nil
}

func join(from net.Conn, address string) {
	defer from.Close()
	to, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer to.Close()
	go io.Copy(to, from) // ends when either side does
	io.Copy(from, to)
}

// parameters puts a fresh key for every ring where the functions look for it.
func (s *stand) parameters(ctx context.Context) error {
	made, err := secret.Generate(nil, "k1")
	if err != nil {
		return err
	}
	ssm := client("ssm", "application/x-amz-json-1.1", s.moto)
	for _, p := range made {
		in := map[string]any{"Name": "/postkontor/" + stage + "/" + string(p.Name), "Value": p.Value, "Type": "SecureString"}
		if err := ssm.Call(ctx, "AmazonSSM.PutParameter", in, &struct{}{}); err != nil {
			return err
		}
	}
	return nil
}

// identity makes the sender one that SES knows.
func (s *stand) identity(ctx context.Context) error {
	ses := sesv2.New(sesv2.Options{Region: region, Credentials: provider, BaseEndpoint: &s.moto})
	_, err := ses.CreateEmailIdentity(ctx, &sesv2.CreateEmailIdentityInput{EmailIdentity: aws.String(sender)})
	if err != nil {
		return err
	}
	_, err = ses.CreateConfigurationSet(ctx, &sesv2.CreateConfigurationSetInput{ConfigurationSetName: aws.String(mail)})
	return err
}

func (s *stand) queues(ctx context.Context) error {
	sqs := client("sqs", "application/x-amz-json-1.0", s.moto)
	for name, url := range map[string]*string{"resend": &s.resend, "unsent": &s.unsent} {
		var out struct{ QueueUrl string }
		if err := sqs.Call(ctx, "AmazonSQS.CreateQueue", map[string]any{"QueueName": name}, &out); err != nil {
			return err
		}
		*url = strings.Replace(out.QueueUrl, s.moto, s.services, 1)
	}
	return nil
}

// codeLine is a code alone on its line, of a text or of an e-mail's HTML.
var codeLine = regexp.MustCompile(`(?m)(?:^|>)\s*(\d{6})\s*(?:$|<)`)

// code reads back from moto what was sent to an address by "sms" or "email", and waits for it as a person would.
func (s *stand) code(channel, to string) (string, error) {
	for range 300 {
		text, err := s.newest(channel, to)
		if err != nil {
			return "", err
		}
		if match := codeLine.FindStringSubmatch(text); match != nil {
			return match[1], nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return "", fmt.Errorf("no code came by %s within a minute", channel)
}

// newest answers the newest message to an address, "" when there is none.
func (s *stand) newest(channel, to string) (text string, err error) {
	response, err := http.Get(s.moto + "/moto-api/data.json")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var data struct {
		SNS struct {
			SMS []struct {
				Number  string `json:"phone_number"`
				Message string `json:"message"`
			}
		} `json:"sns"`
		SES struct {
			Message []struct {
				Body         string
				Destinations struct{ ToAddresses []string }
			}
		} `json:"ses"`
	}
	if err := json.NewDecoder(response.Body).Decode(&data); err != nil {
		return "", err
	}
	for _, m := range data.SNS.SMS {
		if channel == "sms" && m.Number == to {
			text = m.Message
		}
	}
	for _, m := range data.SES.Message {
		if channel == "email" && slices.Contains(m.Destinations.ToAddresses, to) {
			text = m.Body
		}
	}
	return text, nil
}
