package main

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postkontor/shared/secret"
	"postkontor/shared/web/gateway"
)

// cloud stands for DynamoDB, SSM and SQS, on one address: TLS with a chain of certificates as long and as dear to check
// as Amazon's, and answers as short as theirs.
type cloud struct {
	*httptest.Server
	folder string // with the authorities that functions trust
	keys   []byte // SSM's answer
}

const (
	account   = "01JDGXAMPAEACCAVNT00000000"
	keyPrefix = "/postkontor/coldstart"
)

var random = strings.Repeat("k", 42) + "A" // the secret part of the session's token, base64url of 32 bytes

func startCloud() (*cloud, error) {
	made, err := secret.Generate(nil, "k1")
	if err != nil {
		return nil, err
	}
	var parameters []map[string]string
	for _, p := range made {
		parameters = append(parameters, map[string]string{"Name": keyPrefix + "/" + string(p.Name), "Value": p.Value, "Type": "SecureString"})
	}
	c := &cloud{}
	if c.keys, err = json.Marshal(map[string]any{"Parameters": parameters}); err != nil {
		return nil, err
	}
	if c.folder, err = os.MkdirTemp("", "coldstart-*"); err != nil {
		return nil, err
	}
	certificate, root, err := chain()
	if err != nil {
		return nil, err
	}
	roots, err := os.ReadFile("infra/roots.pem")
	if err != nil {
		return nil, fmt.Errorf("start it at the root of the repository: %w", err)
	}
	if err := os.WriteFile(filepath.Join(c.folder, "roots.pem"), append(roots, root...), 0o600); err != nil {
		return nil, err
	}
	c.Server = httptest.NewUnstartedServer(c)
	c.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	c.StartTLS()
	return c, nil
}

// Close ends the servers and removes what they left.
func (c *cloud) Close() {
	c.Server.Close()
	os.RemoveAll(c.folder)
}

func (c *cloud) environment() []string {
	endpoint := strings.Replace(c.URL, "127.0.0.1", "localhost", 1)
	return []string{
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=AKIACOLDSTART", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
		"AWS_LAMBDA_FUNCTION_NAME=f", "AWS_LAMBDA_LOG_FORMAT=JSON", "GOMAXPROCS=1",
		"SSL_CERT_FILE=" + filepath.Join(c.folder, "roots.pem"), "SSL_CERT_DIR=/nonexistent",
		"ORIGIN=https://account.example.com", "TABLE_PREFIX=postkontor-coldstart-", "KEYS_PREFIX=" + keyPrefix,
		"DYNAMODB_ENDPOINT=" + endpoint, "SSM_ENDPOINT=" + endpoint, "SNS_ENDPOINT=" + endpoint, "SES_ENDPOINT=" + endpoint,
		"SQS_ENDPOINT=" + endpoint, "RESEND_QUEUE_URL=" + endpoint + "/resend", "UNSENT_QUEUE_URL=" + endpoint + "/unsent",
		"S3_ENDPOINT=" + endpoint, "LETTERS_BUCKET=letters", "SWEEP_MOST=1", "SENDER=post@example.com", "SMS_BUDGETS=number=20 total=500 +1=500",
		"AGENT_ISSUER=https://id.example.com", "AGENT_CLIENT=desk", "AGENT_REQUEST=scope=openid",
	}
}

// ServeHTTP answers a call as the service does that it is for: there are one session and last night's sweep, and nothing
// else.
func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	var in struct {
		TableName string
		Key       struct{ PK struct{ S string } }
	}
	_ = json.NewDecoder(r.Body).Decode(&in) // what is no JSON has no table
	switch _, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); {
	case call == "GetParameters":
		_, _ = w.Write(c.keys)
	case call == "GetItem" && strings.HasSuffix(in.TableName, "-sessions"):
		_, _ = w.Write(session(time.Now()))
	case call == "GetItem" && in.Key.PK.S == "DUE#SWEPT":
		fmt.Fprintf(w, `{"Item":{"v":{"N":"1"},"until":{"S":%q}}}`, time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly))
	case call == "UpdateItem":
		fmt.Fprintf(w, `{"Attributes":{"n":{"N":"1"},"v":{"N":"1"},"exp":{"N":"%d"}}}`, time.Now().Add(time.Minute).Unix())
	case call == "Query":
		fmt.Fprint(w, `{"Count":0,"Items":[],"ScannedCount":0}`)
	case call == "BatchGetItem":
		fmt.Fprint(w, `{"Responses":{},"UnprocessedKeys":{}}`)
	default:
		fmt.Fprint(w, `{}`)
	}
}

// session is DynamoDB's answer with the session of the token.
func session(now time.Time) []byte {
	bits, _ := base64.RawURLEncoding.DecodeString(random)
	hash := sha256.Sum256(bits)
	item := map[string]map[string]string{"v": {"N": "1"}, "exp": {"N": fmt.Sprint(now.Add(time.Hour).Unix())}, "credential": {"N": "1"}}
	for name, value := range map[string]string{
		"pk": "ACCOUNT#" + account, "sk": "SESSION#" + hex.EncodeToString(hash[:16]), "account": account, "scope": "full",
		"id": hex.EncodeToString(hash[:16]), "hash": hex.EncodeToString(hash[:]), "username": "maria", "language": "es",
		"createdAt": now.Format(time.RFC3339Nano), "lastSeenAt": now.Format(time.RFC3339Nano), "ip": "203.0.113.7", "userAgent": "Mozilla/5.0",
	} {
		item[name] = map[string]string{"S": value}
	}
	answer, _ := json.Marshal(map[string]any{"Item": item})
	return answer
}

// first is what a function is asked first: something usual that calls the table.
var first = map[string]string{
	"signup":   "/v1/usernames?name=maria",
	"login":    "/v1/sessions",
	"recovery": "/recover?id=OF2GHXHZYFSTJRVPPDGR5SMTKM",
	"profile":  "/account/password",
	"tracking": "/v1/tracking?numbers=9400100000000000000006",
	"site":     "/",
	"supplies": "/supplies",
	"desk":     "/desk/accounts?username=maria",
}

// event is the first event of a function.
func (c *cloud) event(function string) ([]byte, error) {
	switch function {
	case "courier":
		return []byte(`{"Records":[{"eventID":"1","eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1",` +
			`"Keys":{"pk":{"S":"MESSAGE#01JDGXAMPAEMESSAGE0000000"},"sk":{"S":"MESSAGE"}}}}]}`), nil
	case "scans": // the queue's and the gateway's events cost alike
		return []byte(`{"Records":[{"messageId":"1","eventSource":"aws:sqs","body":"{\"scans\":[{\"id\":\"1\",\"number\":` +
			`\"9400100000000000000006\",\"at\":\"2026-11-25T08:15:22Z\",\"code\":\"10\",\"zip\":\"98101\"}]}"}]}`), nil
	case "sweep": // a night with nothing due: 34 calls, for which nobody waits
		return []byte(`{}`), nil
	}
	path, ok := first[function]
	if !ok {
		return nil, fmt.Errorf("what is usually asked of the function %s? add it to infra/coldstart", function)
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	token := "pks_" + account + random
	r.Header.Set("Accept-Language", "es-US,es;q=0.9,en;q=0.8")
	if strings.HasPrefix(path, "/v1/") {
		r.Header.Set("Authorization", "Bearer "+token)
	} else {
		r.Header.Set("Cookie", "__Host-session="+token)
	}
	from := gateway.Request{SourceIP: "203.0.113.7"}
	if function == "desk" {
		from.Claims = map[string]string{"sub": "ann", "roles": "[desk]"}
	}
	return gateway.EncodeRequest(r, nil, from)
}
