package localkinesis

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// goodRequests are requests as clients send them, to begin from.
var goodRequests = []struct{ action, body string }{
	{"CreateStream", `{"StreamName":"other","ShardCount":2,"StreamModeDetails":{"StreamMode":"PROVISIONED"},"Tags":{"a":"b"}}`},
	{"DeleteStream", `{"StreamName":"quakes","EnforceConsumerDeletion":true}`},
	{"DescribeStream", `{"StreamName":"quakes","Limit":10,"ExclusiveStartShardId":"shardId-000000000000"}`},
	{"DescribeStreamSummary", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/quakes"}`},
	{"DescribeStreamConsumer", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/quakes","ConsumerName":"reader"}`},
	{"GetRecords", `{"ShardIterator":"AAAAAAAAAAE","Limit":100}`},
	{"GetShardIterator", `{"StreamName":"quakes","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1.7623339353E9}`},
	{"GetShardIterator", `{"StreamName":"quakes","ShardId":"0","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"49665082713652098127409385068719254039000000000000000002"}`},
	{"IncreaseStreamRetentionPeriod", `{"StreamName":"quakes","RetentionPeriodHours":48}`},
	{"ListShards", `{"StreamName":"quakes","MaxResults":1,"ShardFilter":{"Type":"AFTER_SHARD_ID","ShardId":"shardId-000000000000"}}`},
	{"ListShards", `{"NextToken":"AQ=="}`},
	{"ListStreams", `{"Limit":1,"ExclusiveStartStreamName":"a"}`},
	{"MergeShards", `{"StreamName":"quakes","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000001"}`},
	{"PutRecord", `{"StreamName":"quakes","PartitionKey":"\u006bey","Data":"aGVsbG8=","ExplicitHashKey":"170141183460469231731687303715884105728"}`},
	{"PutRecords", `{"StreamName":"quakes","Records":[{"Data":"aGVsbG8=","PartitionKey":"k"},{"Data":"","PartitionKey":"é","ExplicitHashKey":"0"}]}`},
	{"RegisterStreamConsumer", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/quakes","ConsumerName":"other"}`},
	{"SplitShard", `{"StreamName":"quakes","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1000"}`},
	{"SubscribeToShard", `{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/quakes/consumer/reader:1","ShardId":"shardId-000000000000","StartingPosition":{"Type":"TRIM_HORIZON"}}`},
	{"UpdateShardCount", `{"StreamName":"quakes","TargetShardCount":3,"ScalingType":"UNIFORM_SCALING"}`},
}

const goodSignature = "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00"

// FuzzRequests sends any request to a server with one stream, past the
// network: each is answered, in the form it came in, with 200 or with an error
// that is the client's fault, and an error leaves the streams alone.
func FuzzRequests(f *testing.F) {
	for _, good := range goodRequests {
		f.Add(good.action, jsonType, goodSignature, []byte(good.body))
		packed, err := appendCBOR(nil, []byte(good.body))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(good.action, cborType, goodSignature, packed)
	}
	f.Add("PutRecord", jsonType, "AWS4- Signature=,=,", []byte(`{"Data":"\/\/8="}`))
	f.Fuzz(func(t *testing.T, action, contentType, authorization string, body []byte) {
		s := smallServer(t)
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header = http.Header{
			"X-Amz-Target": {targetPrefix + action}, "Content-Type": {contentType}, "Authorization": {authorization}, "X-Amz-Date": {"20251105T091215Z"},
		}
		before := snapshot(t, s)
		w := httptest.NewRecorder()
		if subscribed := serveFuzzed(s, w, r); subscribed {
			return
		}
		code := w.Code
		if code != http.StatusOK && (code < 400 || code >= 500) {
			t.Fatalf("%d %s", code, w.Body)
		}
		if code != http.StatusOK && snapshot(t, s) != before {
			t.Errorf("%d %s changed the streams", code, w.Body)
		}
		if w.Header().Get("Content-Type") == jsonType && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("the answer is no JSON: %s", w.Body)
		}
		if w.Header().Get("Content-Type") == cborType && w.Body.Len() > 0 && cborDecoding.Wellformed(w.Body.Bytes()) != nil {
			t.Errorf("the answer is no CBOR: %x", w.Body)
		}
	})
}

// smallServer has a stream of two shards with a record and a consumer, and no
// listener.
func smallServer(t testing.TB) *Server {
	t.Helper()
	o, err := Options{}.complete()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{options: o, streams: map[string]*stream{}}
	if err := s.CreateStream("quakes", 2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutRecords("quakes", []Record{{PartitionKey: "k", Data: []byte("hello")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RegisterConsumer("quakes", "reader"); err != nil {
		t.Fatal(err)
	}
	return s
}

func snapshot(t testing.TB, s *Server) string {
	t.Helper()
	text, err := json.Marshal(s.Streams())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// serveFuzzed serves one request whose client has left already, which ends a
// subscription at once; any panic but that one is a finding.
func serveFuzzed(s *Server, w http.ResponseWriter, r *http.Request) (subscribed bool) {
	ctx, leave := context.WithCancel(r.Context())
	leave()
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			subscribed = true
		default:
			panic(p)
		}
	}()
	s.serve(w, r.WithContext(ctx))
	return false
}

// FuzzTokens reads any text as each kind of token, number and name that a
// client sends back; what is taken for one is written as it was read.
func FuzzTokens(f *testing.F) {
	for _, seed := range []string{
		iterator{issued: 1, id: 2, shard: 3, next: 4, stream: "quakes"}.String(), seal(sealShards, []byte(`{"Stream":"quakes"}`)), "",
		newSequence(1, 2, 3, 4).String(), strings.Repeat("9", 56), strings.Repeat("\xff", 56), "shardId-000000000007", "7", "shardId-",
		"340282366920938463463374607431768211455", "340282366920938463463374607431768211456", "0",
		"arn:aws:kinesis:us-east-1:000000000000:stream/quakes/consumer/reader:1762333935",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if it, ok := parseIterator(text); ok {
			if again, ok := parseIterator(it.String()); !ok || again != it {
				t.Errorf("iterator %+v became %+v", it, again)
			}
		}
		if n, ok := parseSequence(text); ok && sequencePattern.MatchString(text) && n.String() != text {
			t.Errorf("sequence number %s became %s", text, n)
		}
		if k, ok := parseHashKey(text); ok && hashKeyPattern.MatchString(text) && k.String() != text {
			t.Errorf("hash key %s became %s", text, k)
		}
		if n, ok := parseShardID(text); ok {
			if again, ok := parseShardID(shardID(n)); !ok || again != n {
				t.Errorf("shard %s became %d, then %d", text, n, again)
			}
		}
		smallServerForNames.splitConsumerARN(text)
		for _, kind := range []byte{sealIterator, sealShards, sealStreams, sealConsumers} {
			if content, ok := unseal(kind, text); ok {
				if again, ok := unseal(kind, seal(kind, content)); !ok || string(again) != string(content) {
					t.Errorf("%q became %q", content, again)
				}
			}
		}
	})
}

var smallServerForNames = &Server{options: Options{Region: "us-east-1", AccountID: "000000000000"}}
