package localkinesis_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/fxamacker/cbor/v2"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// cborRecord is a record as a reader of CBOR sees it.
type cborRecord struct {
	ApproximateArrivalTimestamp cbor.Tag
	Data                        []byte
	PartitionKey                string
	SequenceNumber              string
}

// in sends a request in CBOR, which the library encodes, and decodes the answer.
func in[T any](t *testing.T, server *localkinesis.Server, action string, request map[string]any) (answer T) {
	t.Helper()
	body := must(cbor.Marshal(request))(t)
	r := post(t, server.URL(), action, string(body), inCBOR)
	got := text(t, r)
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/x-amz-cbor-1.1" {
		t.Fatalf("%d %s %q", r.StatusCode, r.Header.Get("Content-Type"), got)
	}
	if err := cbor.Unmarshal([]byte(got), &answer); err != nil {
		t.Fatalf("%v: %x", err, got)
	}
	return answer
}

// everyByte is data that base64 and text alike would spoil if taken for each other.
func everyByte() []byte {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func TestRecordsAreTheSameInCBORAndJSON(t *testing.T) {
	clock := newClock()
	server := start(t, localkinesis.Options{Now: clock.Now})
	name, client := streamOf(t, server, 1), connect(t, server)
	const key = "schlüssel \"\\\x01\u2028"

	put := in[struct {
		FailedRecordCount int
		Records           []struct{ SequenceNumber, ShardId string }
	}](t, server, "PutRecords", map[string]any{"StreamName": name, "Records": []any{
		map[string]any{"Data": everyByte(), "PartitionKey": key},
		map[string]any{"Data": []byte{}, "PartitionKey": "empty", "ExplicitHashKey": "0"},
	}})
	if put.FailedRecordCount != 0 || len(put.Records) != 2 {
		t.Fatalf("%+v", put)
	}
	if _, err := client.PutRecord(context.Background(), &kinesis.PutRecordInput{StreamName: &name, PartitionKey: aws.String(key), Data: everyByte()}); err != nil {
		t.Fatal(err)
	}

	opened := in[struct{ ShardIterator string }](t, server, "GetShardIterator", map[string]any{
		"StreamName": name, "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP",
		"Timestamp": cbor.Tag{Number: 1, Content: clock.Now().UnixMilli()},
	})
	got := in[struct {
		Records            []cborRecord
		MillisBehindLatest int
	}](t, server, "GetRecords", map[string]any{"ShardIterator": opened.ShardIterator})
	inJSON := must(client.GetRecords(context.Background(), &kinesis.GetRecordsInput{
		ShardIterator: iteratorAt(t, client, name, "shardId-000000000000", types.ShardIteratorTypeTrimHorizon),
	}))(t).Records
	if len(got.Records) != 3 || len(inJSON) != 3 {
		t.Fatalf("%d records in CBOR, %d in JSON", len(got.Records), len(inJSON))
	}
	for i, r := range got.Records {
		j := inJSON[i]
		if !bytes.Equal(r.Data, j.Data) || r.PartitionKey != *j.PartitionKey || r.SequenceNumber != *j.SequenceNumber ||
			r.ApproximateArrivalTimestamp.Number != 1 || r.ApproximateArrivalTimestamp.Content != uint64(j.ApproximateArrivalTimestamp.UnixMilli()) {
			t.Errorf("record %d is %+v in CBOR, %+v in JSON", i, r, j)
		}
	}
	if got.Records[0].PartitionKey != key || !bytes.Equal(got.Records[0].Data, everyByte()) || len(got.Records[1].Data) != 0 {
		t.Errorf("put as %+v", got.Records)
	}
}

func TestAnOperationWithoutAnAnswerHasAnEmptyBodyInCBORToo(t *testing.T) {
	server := start(t, localkinesis.Options{})
	body := must(cbor.Marshal(map[string]any{"StreamName": "x", "ShardCount": 1, "Tags": map[string]string{"Data": "no blob", "DueTimestamp": "7"}}))(t)
	r := post(t, server.URL(), "CreateStream", string(body), inCBOR)
	if got := text(t, r); r.StatusCode != http.StatusOK || got != "" {
		t.Errorf("%d %q", r.StatusCode, got)
	}
}

func TestEventsComeInTheContentTypeOfTheirRequest(t *testing.T) {
	server := start(t, localkinesis.Options{})
	name := streamOf(t, server, 1)
	must(server.PutRecords(name, []localkinesis.Record{{PartitionKey: "k", Data: everyByte()}}))(t)
	registered := in[struct {
		Consumer struct {
			ConsumerARN               string
			ConsumerCreationTimestamp cbor.Tag
		}
	}](t, server, "RegisterStreamConsumer", map[string]any{"StreamARN": server.Streams()[0].ARN, "ConsumerName": "fan"}).Consumer
	if registered.ConsumerCreationTimestamp.Number != 1 {
		t.Errorf("created %+v", registered.ConsumerCreationTimestamp)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	body := must(cbor.Marshal(map[string]any{
		"ConsumerARN": registered.ConsumerARN, "ShardId": "shardId-000000000000",
		"StartingPosition": map[string]any{"Type": "AT_TIMESTAMP", "Timestamp": cbor.Tag{Number: 1, Content: 1000}},
	}))(t)
	r := post(t, server.URL(), "SubscribeToShard", string(body), func(r *http.Request) {
		inCBOR(r)
		*r = *r.WithContext(ctx)
	})
	defer r.Body.Close()
	if got := r.Header.Get("Content-Type"); got != "application/vnd.amazon.eventstream" {
		t.Fatalf("%s: %s", got, text(t, r))
	}
	initial, empty := frame(t, r.Body), map[string]any{}
	if err := cbor.Unmarshal(initial.Payload, &empty); err != nil || len(empty) != 0 || initial.Headers.Get(":event-type").String() != "initial-response" {
		t.Errorf("%v: %v, %x", initial.Headers, err, initial.Payload)
	}
	message := frame(t, r.Body)
	var event struct {
		ContinuationSequenceNumber string
		MillisBehindLatest         int
		Records                    []cborRecord
	}
	if err := cbor.Unmarshal(message.Payload, &event); err != nil {
		t.Fatalf("%v: %x", err, message.Payload)
	}
	if message.Headers.Get(":content-type").String() != "application/x-amz-cbor-1.1" || len(event.Records) != 1 ||
		!bytes.Equal(event.Records[0].Data, everyByte()) || event.ContinuationSequenceNumber != event.Records[0].SequenceNumber {
		t.Errorf("%v %+v", message.Headers, event)
	}
}

// frame reads the next message of an event stream, with the SDK's own decoder.
func frame(t *testing.T, stream io.Reader) eventstream.Message {
	t.Helper()
	m, err := eventstream.NewDecoder().Decode(stream, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
