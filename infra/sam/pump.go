package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postkontor/shared/awsjson"
)

// pump carries records from DynamoDB Local's stream of the table messages to courier, as the event source of the template
// does: only of new items, and those that courier gives back again.
type pump struct {
	stream  awsjson.Client
	courier string // where functions are invoked
}

// record is one change, and how Lambda sees it.
type record struct {
	EventName   string          `json:"eventName"`
	EventSource string          `json:"eventSource"`
	Change      json.RawMessage `json:"dynamodb"`
}

// run carries until ctx ends, or something breaks.
func (p *pump) run(ctx context.Context) error {
	iterators, err := p.iterators(ctx)
	for err == nil {
		for i, iterator := range iterators {
			var records []record
			if records, iterators[i], err = p.next(ctx, iterator); err != nil {
				return err
			}
			if err = p.deliver(ctx, records); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return err
}

func (p *pump) call(ctx context.Context, name string, in, out any) error {
	return p.stream.Call(ctx, "DynamoDBStreams_20120810."+name, in, out)
}

// iterators answers one at the beginning of each part of the stream.
func (p *pump) iterators(ctx context.Context) ([]string, error) {
	var found struct{ Streams []struct{ StreamArn string } }
	if err := p.call(ctx, "ListStreams", map[string]any{"TableName": "postkontor-" + stage + "-messages"}, &found); err != nil {
		return nil, err
	}
	if len(found.Streams) == 0 {
		return nil, errors.New("the table messages has no stream")
	}
	arn := found.Streams[0].StreamArn
	var described struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	if err := p.call(ctx, "DescribeStream", map[string]any{"StreamArn": arn}, &described); err != nil {
		return nil, err
	}
	var all []string
	for _, shard := range described.StreamDescription.Shards {
		var out struct{ ShardIterator string }
		in := map[string]any{"StreamArn": arn, "ShardId": shard.ShardId, "ShardIteratorType": "TRIM_HORIZON"}
		if err := p.call(ctx, "GetShardIterator", in, &out); err != nil {
			return nil, err
		}
		all = append(all, out.ShardIterator)
	}
	return all, nil
}

func (p *pump) next(ctx context.Context, iterator string) (inserts []record, next string, err error) {
	var out struct {
		Records           []record
		NextShardIterator string
	}
	if err := p.call(ctx, "GetRecords", map[string]any{"ShardIterator": iterator, "Limit": 10}, &out); err != nil {
		return nil, "", err
	}
	for _, r := range out.Records {
		if r.EventName == "INSERT" {
			inserts = append(inserts, r)
		}
	}
	return inserts, out.NextShardIterator, nil
}

// deliver invokes courier.
func (p *pump) deliver(ctx context.Context, records []record) error {
	if len(records) == 0 {
		return nil
	}
	event, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.courier+"/2015-03-31/functions/CourierFunction/invocations", bytes.NewReader(event))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		BatchItemFailures []struct{ ItemIdentifier string } `json:"batchItemFailures"`
		ErrorMessage      string                            `json:"errorMessage"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("courier's answer: %w", err)
	}
	if answer.ErrorMessage != "" || len(answer.BatchItemFailures) > 0 {
		return fmt.Errorf("courier gave back %d of %d records: %s", len(answer.BatchItemFailures), len(records), answer.ErrorMessage)
	}
	return nil
}
