package localkinesis_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// post sends one signed-looking request; edit may spoil it.
func post(t *testing.T, url, action, body string, edit func(*http.Request)) *http.Response {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+action)
	r.Header.Set("X-Amz-Date", "20251105T091215Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251105/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=00")
	if edit != nil {
		edit(r)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	return string(must(io.ReadAll(r.Body))(t))
}

func TestAnswersLookLikeTheService(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	name := streamOf(t, server, 1)
	r := post(t, server.URL(), "PutRecord", `{"StreamName":"`+name+`","PartitionKey":"key","Data":"aGVsbG8="}`, nil)
	body := text(t, r)
	if r.StatusCode != 200 || r.ContentLength != int64(len(body)) || r.Header.Get("Content-Type") != "application/x-amz-json-1.1" ||
		len(r.Header.Get("x-amzn-RequestId")) != 36 || r.Header.Get("Date") != "Wed, 05 Nov 2025 09:12:15 GMT" {
		t.Errorf("%d, length %d, header %v", r.StatusCode, r.ContentLength, r.Header)
	}
	var put struct{ SequenceNumber, ShardId string }
	if err := json.Unmarshal([]byte(body), &put); err != nil {
		t.Fatal(err)
	}
	var opened struct{ ShardIterator string }
	open := text(t, post(t, server.URL(), "GetShardIterator", `{"StreamName":"quakes","ShardId":"0","ShardIteratorType":"TRIM_HORIZON"}`, nil))
	if err := json.Unmarshal([]byte(open), &opened); err != nil {
		t.Fatal(err)
	}
	got := text(t, post(t, server.URL(), "GetRecords", `{"ShardIterator":"`+opened.ShardIterator+`"}`, nil))
	want := `"Records":[{"ApproximateArrivalTimestamp":1.7623339353E9,"Data":"aGVsbG8=","PartitionKey":"key","SequenceNumber":"` + put.SequenceNumber + `"}]}`
	if !strings.HasPrefix(got, `{"MillisBehindLatest":0,"NextShardIterator":"AAAAAAAAAAE`) || !strings.HasSuffix(got, want) {
		t.Errorf("answer %s\nwant it to end in %s", got, want)
	}
	empty := post(t, server.URL(), "DeleteStream", `{"StreamName":"quakes"}`, nil)
	if empty.StatusCode != 200 || empty.ContentLength != 0 {
		t.Errorf("an answer without members: %d, length %d", empty.StatusCode, empty.ContentLength)
	}
}

func TestBrokenConstraintsAreReportedTogetherInTheServicesWords(t *testing.T) {
	server := start(t, localkinesis.Options{})
	streamOf(t, server, 1)
	for action, c := range map[string][2]string{
		"PutRecord": {`{"StreamName":"a b","Data":""}`,
			"2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: " +
				"[a-zA-Z0-9_.-]+; Value null at 'partitionKey' failed to satisfy constraint: Member must not be null"},
		"PutRecords": {`{"StreamName":"quakes","Records":[{"PartitionKey":"k","Data":""},{"PartitionKey":"","Data":""}]}`,
			"1 validation error detected: Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: " +
				"Member must have length greater than or equal to 1"},
		"ListShards": {`{"StreamName":"quakes","ShardFilter":{"Type":"ALL"}}`,
			"1 validation error detected: Value 'ALL' at 'shardFilter.type' failed to satisfy constraint: Member must satisfy enum value set: " +
				"[AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP, FROM_TIMESTAMP]"},
		"DescribeStream": {`{"StreamName":"no"}`, "Stream no under account 000000000000 not found."},
	} {
		var e struct{ Message string }
		if err := json.Unmarshal([]byte(text(t, post(t, server.URL(), action, c[0], nil))), &e); err != nil {
			t.Fatal(err)
		}
		if e.Message != c[1] {
			t.Errorf("%s: %q\nwant %q", action, e.Message, c[1])
		}
	}
}

func TestEscapedMembersMeanTheSame(t *testing.T) {
	server := start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	body := `{"Stream\u004eame":"quakes", "Unknown":{"a":[1,-2.5e3,true,null,"}]"]}, "Records" : [ {"Data":"\/\/\/\/","PartitionKey":"\u006b\ud83d\ude00"} ] }`
	if r := post(t, server.URL(), "PutRecords", body, nil); r.StatusCode != 200 {
		t.Fatal(text(t, r))
	}
	data, last := drain(t, client, iteratorAt(t, client, name, shardName(0), "TRIM_HORIZON"))
	if len(data) != 1 || data[0] != "\xff\xff\xff" || *last.Records[0].PartitionKey != "k😀" {
		t.Errorf("read %q, key %q", data, *last.Records[0].PartitionKey)
	}
}

func TestCleartextHTTP2IsServedOnTheSamePort(t *testing.T) {
	server := start(t, localkinesis.Options{})
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	r, err := http.NewRequest(http.MethodPost, server.URL(), strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	r.Header.Set("X-Amz-Date", time.Now().UTC().Format("20060102T150405Z"))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00")
	response := must((&http.Client{Transport: transport}).Do(r))(t)
	defer response.Body.Close()
	if got := fmt.Sprintln(response.Proto, response.StatusCode, text(t, response)); got != "HTTP/2.0 200 "+`{"HasMoreStreams":false,"StreamNames":[],"StreamSummaries":[]}`+"\n" {
		t.Error(got)
	}
}
