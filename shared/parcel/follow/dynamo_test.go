package follow_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postkontor/infra/servers"
	"postkontor/shared/account"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/secret"
	"postkontor/shared/table"
	"postkontor/shared/table/dynamo"
)

// counting is a database that counts the messages put into the outbox.
type counting struct {
	table.Database
	messages *atomic.Int64
}

func (c counting) Transact(ctx context.Context, ops ...table.Op) error {
	err := c.Database.Transact(ctx, ops...)
	for _, op := range ops {
		if err == nil && op.Table == message.Definition.Name {
			c.messages.Add(1)
		}
	}
	return err
}

// TestOnDynamoDB: a full parcel is told to all its followers by both channels in one transaction, once, though it is scanned
// by many at once; and once more to nobody who follows again.
func TestOnDynamoDB(t *testing.T) {
	t.Parallel()
	anybody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "body"}, nil
	})
	db := dynamo.New(dynamo.Options{Endpoint: servers.DynamoDB(t), Region: "us-east-1", Prefix: rand.Text() + "-", Now: time.Now, Credentials: anybody,
		Definitions: []table.Definition{account.Definition, parcel.Definition, message.Definition}})
	if err := db.CreateTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	var messages atomic.Int64
	store := follow.New(counting{db, &messages}, keys, time.Now)
	parcels := &parcel.Store{DB: db, Now: time.Now, Tell: store.Tell}
	id := func(i int) string { return fmt.Sprintf("%026d", i) }
	save := func(i int) error {
		return store.Save(t.Context(), id(i), follow.Subscription{Number: number, Channels: both, Events: all})
	}
	for i := range follow.Most + 1 {
		profile := table.Item{Key: table.Key{PK: "ACCOUNT#" + id(i), SK: "PROFILE"}, Data: []byte(`{"emailVerified":true,"phoneVerified":true}`)}
		if err := db.Table(account.Definition.Name).Put(t.Context(), profile); err != nil {
			t.Fatal(err)
		}
	}
	if came := crowd(follow.Most, save); came[""] != follow.Most {
		t.Fatalf("%v", came)
	}
	if err := save(follow.Most); fault.Code(err) != "too_many_followers" {
		t.Errorf("one more: %v", err)
	}
	record := func(codes string, n int) {
		t.Helper()
		if came := crowd(n, func(int) error { _, _, err := parcels.Record(t.Context(), story(codes)); return err }); came[""] != n {
			t.Errorf("%v", came)
		}
	}
	record("03 02", 10)
	if n := messages.Load(); n != 2*follow.Most {
		t.Errorf("%d messages", n)
	}
	for i := range follow.Most {
		if err := store.End(t.Context(), id(i), number); err != nil {
			t.Fatal(err)
		}
	}
	if err := save(0); err != nil {
		t.Fatal(err)
	}
	record("03 02 10", 1)
	record("03 02 10 02", 1)
	if n := messages.Load(); n != 2*follow.Most+2 { // in transit, and the same alert not again
		t.Errorf("%d messages after following again", n)
	}
}
