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
// does: those of new items.
type pump struct {
	stream  awsjson.Client
	courier string          // where functions are invoked
	done    map[string]bool // events that courier has had
}

// record is one change, as Lambda sees it.
type record struct {
	ID          string          `json:"eventID"`
	EventName   string          `json:"eventName"`
	EventSource string          `json:"eventSource"`
	Change      json.RawMessage `json:"dynamodb"`
}

// run carries until ctx ends, or something breaks. It reads the stream from its beginning each time, because DynamoDB
// Local forgets iterators that wait, and a run makes no more than a few messages.
func (p *pump) run(ctx context.Context) error {
	arn, shards, err := p.shards(ctx)
	if err != nil {
		return err
	}
	for {
		for _, shard := range shards {
			records, err := p.records(ctx, arn, shard)
			if err == nil {
				err = p.deliver(ctx, records)
			}
			if err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (p *pump) call(ctx context.Context, name string, in, out any) error {
	return p.stream.Call(ctx, "DynamoDBStreams_20120810."+name, in, out)
}

// shards answers the stream and its parts.
func (p *pump) shards(ctx context.Context) (arn string, ids []string, err error) {
	var found struct{ Streams []struct{ StreamArn string } }
	if err := p.call(ctx, "ListStreams", map[string]any{"TableName": "postkontor-" + stage + "-messages"}, &found); err != nil {
		return "", nil, err
	}
	if len(found.Streams) == 0 {
		return "", nil, errors.New("the table messages has no stream")
	}
	arn = found.Streams[0].StreamArn
	var described struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	err = p.call(ctx, "DescribeStream", map[string]any{"StreamArn": arn}, &described)
	for _, shard := range described.StreamDescription.Shards {
		ids = append(ids, shard.ShardId)
	}
	return arn, ids, err
}

// records answers those of new items that courier has not had.
func (p *pump) records(ctx context.Context, arn, shard string) (inserts []record, err error) {
	var begin struct{ ShardIterator string }
	in := map[string]any{"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
	if err := p.call(ctx, "GetShardIterator", in, &begin); err != nil {
		return nil, err
	}
	var out struct{ Records []record }
	if err := p.call(ctx, "GetRecords", begin, &out); err != nil {
		return nil, err
	}
	for _, r := range out.Records {
		if r.EventName == "INSERT" && !p.done[r.ID] {
			inserts = append(inserts, r)
			p.done[r.ID] = true
		}
	}
	return inserts, nil
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
