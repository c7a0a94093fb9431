package localkinesis

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// Frames that the AWS SDK's own encoder made (specs/kinesis-consumption.md 4.2).
const (
	goldenInitial = "00000068000000564e6817240d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070010696e697469616c2d" +
		"726573706f6e73650d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b7dfe942c1d"
	goldenEmpty = "000000b10000005bb43c76b10d3a6d6573736167652d747970650700056576656e740b3a6576656e742d747970650700155375627363726962" +
		"65546f53686172644576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b22436f6e74696e756174696f6e53657175" +
		"656e63654e756d626572223a2232222c224d696c6c6973426568696e644c6174657374223a302c225265636f726473223a5b5d7db4f70c48"
)

func TestFramesAreTheSDKsByteForByte(t *testing.T) {
	var o eventStream
	initial := o.headers(":message-type", "event", ":event-type", "initial-response")
	subscribed := o.headers(":message-type", "event", ":event-type", subscribeEvent)
	for name, c := range map[string]struct {
		headers []byte
		payload answer
		golden  string
	}{
		"initial response": {initial, answer{head: []byte("{}")}, goldenInitial},
		"empty event":      {subscribed, encodeEvent(&event{continuation: "2"}), goldenEmpty},
		"event in pieces": {subscribed, answer{
			head: []byte(`{"ContinuationSequenceNumber":"2",`), parts: [][]byte{[]byte(`"MillisBehind`), []byte(`Latest":0,"Records":[`)}, tail: []byte("]}"),
		}, goldenEmpty},
	} {
		var frame bytes.Buffer
		if _, err := writeFrame(&frame, c.headers, c.payload, nil); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(frame.Bytes()); got != c.golden {
			t.Errorf("%s: %s\nwant %s", name, got, c.golden)
		}
	}
}

func TestAFrameCarriesRecordsAsTheyLie(t *testing.T) {
	e := &event{
		children:  []childShard{{HashKeyRange: keyDescription{"1", "0"}, ParentShards: []string{"shardId-000000000000"}, ShardId: "shardId-000000000001"}},
		behind:    5,
		fragments: [][]byte{[]byte(`{"Data":"YQ=="},`), []byte(`{"Data":"Yg=="},`)},
	}
	a := encodeEvent(e)
	body := append(bytes.Join(append([][]byte{a.head}, a.parts...), nil), a.tail...)
	want := `{"ChildShards":[{"HashKeyRange":{"EndingHashKey":"1","StartingHashKey":"0"},"ParentShards":["shardId-000000000000"],` +
		`"ShardId":"shardId-000000000001"}],"MillisBehindLatest":5,"Records":[{"Data":"YQ=="},{"Data":"Yg=="}]}`
	if string(body) != want {
		t.Errorf("%s\nwant %s", body, want)
	}
}
