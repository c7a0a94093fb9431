package localkinesis_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestDirectPutsAreLikeThoseOverHTTP(t *testing.T) {
	server := start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	puts := must(server.PutRecords(name, records("k", 0, 1234)))(t) // more than a request holds
	data, _ := drain(t, client, iteratorAt(t, client, name, shardName(0), "TRIM_HORIZON"))
	if len(puts) != 1234 || len(data) != 1234 || data[1233] != "k-1233" || server.RecordsPut() != 1234 {
		t.Errorf("%d puts, %d records", len(puts), len(data))
	}
	if !slices.IsSortedFunc(puts, func(a, b localkinesis.Put) int {
		return bytes.Compare([]byte(a.SequenceNumber), []byte(b.SequenceNumber))
	}) {
		t.Error("sequence numbers do not rise")
	}
	info := server.Streams()
	if len(info) != 1 || info[0].Status != "ACTIVE" || info[0].Shards[0].Records != 1234 || !info[0].Shards[0].Open {
		t.Errorf("streams %+v", info)
	}
	for code, record := range map[string]localkinesis.Record{
		"ValidationException":      {PartitionKey: ""},
		"InvalidArgumentException": {PartitionKey: "k", ExplicitHashKey: "-1"},
	} {
		_, err := server.PutRecords(name, []localkinesis.Record{record})
		wantCode(t, err, code)
	}
	_, err := server.PutRecords("no", records("k", 0, 1))
	wantCode(t, err, "ResourceNotFoundException")
	wantCode(t, server.CreateStream("no stream", 1), "ValidationException")
	wantCode(t, server.CreateStream("x", 0), "ValidationException")
}

// direct is a transport without a network.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	d.handler.ServeHTTP(answer, r)
	return answer.Result(), nil
}

func TestTheHandlerServesWithoutANetwork(t *testing.T) {
	server := start(t, localkinesis.Options{})
	name := streamOf(t, server, 1)
	client := kinesis.New(kinesis.Options{
		BaseEndpoint: aws.String("http://kinesis.local"), Region: "us-east-1", HTTPClient: &http.Client{Transport: direct{server.Handler()}},
	}, withCredentials)
	must(client.PutRecord(context.Background(), &kinesis.PutRecordInput{StreamName: &name, PartitionKey: &name, Data: []byte("x")}))(t)
	if data, _ := drain(t, client, iteratorAt(t, client, name, shardName(0), "TRIM_HORIZON")); !slices.Equal(data, []string{"x"}) {
		t.Errorf("read %v", data)
	}
}
