package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// yardstick is a server that does nothing: it reads what it is sent, throws it
// away, and answers with bytes that were made beforehand. What a client gets
// through it is what the client itself, net/http and the machine allow.
type yardstick struct {
	put     []byte        // answer to PutRecords
	records []byte        // answer to GetRecords
	begin   []byte        // of a subscription: the initial response
	event   []byte        // a SubscribeToShardEvent with records
	appends atomic.Uint64 // continuation tokens never repeat
}

// newYardstick borrows its answers from a local Kinesis with records in it.
func newYardstick(kinesisURL, consumer string) (*yardstick, error) {
	y := &yardstick{}
	shard, err := callKinesis(kinesisURL, "GetShardIterator", map[string]any{"StreamName": streamName, "ShardId": shardName(0), "ShardIteratorType": "TRIM_HORIZON"})
	if err != nil {
		return nil, err
	}
	var opened struct{ ShardIterator string }
	if err := json.Unmarshal(shard, &opened); err != nil {
		return nil, err
	}
	if y.records, err = callKinesis(kinesisURL, "GetRecords", map[string]any{"ShardIterator": opened.ShardIterator, "Limit": readLimit}); err != nil {
		return nil, err
	}
	placement := `{"SequenceNumber":"` + string(appendSequence(nil, 0, 0)) + `","ShardId":"` + shardName(0) + `"}`
	y.put = []byte(`{"FailedRecordCount":0,"Records":[` + strings.TrimSuffix(strings.Repeat(placement+",", putRecords), ",") + `]}`)
	y.begin, y.event, err = firstFrames(kinesisURL, consumer)
	return y, err
}

// ServeHTTP implements http.Handler.
func (y *yardstick) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // what broke off is the client's to report
	switch target := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), kinesisTarget); target {
	case "PutRecords":
		answerCanned(w, amzJSON, y.put)
	case "GetRecords":
		answerCanned(w, amzJSON, y.records)
	case "GetShardIterator":
		answerCanned(w, amzJSON, []byte(`{"ShardIterator":"canned"}`))
	case "SubscribeToShard":
		y.push(w)
	default:
		y.snowflake(w, r)
	}
}

func (y *yardstick) snowflake(w http.ResponseWriter, r *http.Request) {
	next := `"next_continuation_token":"0_` + strconv.FormatUint(y.appends.Add(1), 10) + `"`
	if strings.HasSuffix(r.URL.Path, ":bulk-channel-status") {
		status := `{"channel_status_code":"SUCCESS","last_committed_offset_token":"` + lastOffset + `"}`
		var all []string
		for i := range appendChannels {
			all = append(all, strconv.Quote(channelName(i))+":"+status)
		}
		answerCanned(w, "application/json", []byte(`{"channel_statuses":{`+strings.Join(all, ",")+`}}`))
		return
	}
	answerCanned(w, "application/json", []byte(`{`+next+`,"status_code":0,"message":null}`))
}

// push sends the same event until the client leaves.
func (y *yardstick) push(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
	control := http.NewResponseController(w)
	for frame := y.begin; ; frame = y.event {
		if _, err := w.Write(frame); err != nil || control.Flush() != nil {
			return
		}
	}
}

func answerCanned(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that has left sees nothing
}

// signedRequest makes a request that looks signed: the local server verifies
// no signature.
func signedRequest(ctx context.Context, url, action string, members any) (*http.Request, error) {
	body, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Content-Type": amzJSON, "X-Amz-Target": kinesisTarget + action, "X-Amz-Date": "20260101T000000Z",
		"Authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=00",
	} {
		r.Header.Set(name, value)
	}
	return r, nil
}

func callKinesis(url, action string, members any) ([]byte, error) {
	r, err := signedRequest(context.Background(), url, action, members)
	if err != nil {
		return nil, err
	}
	return (&httpWire{client: http.DefaultClient}).do(r, nil)
}

// firstFrames subscribes by plain HTTP and returns the initial response and the
// first event that holds records, as they lie on the wire: a big-endian length
// begins each.
func firstFrames(url, consumer string) (begin, event []byte, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := signedRequest(ctx, url, "SubscribeToShard", map[string]any{
		"ConsumerARN": consumer, "ShardId": shardName(0), "StartingPosition": map[string]string{"Type": "TRIM_HORIZON"},
	})
	if err != nil {
		return nil, nil, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("SubscribeToShard: %s", response.Status)
	}
	begin, err1 := readFrame(response.Body)
	event, err2 := readFrame(response.Body)
	return begin, event, errors.Join(err1, err2)
}

func readFrame(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.BigEndian.Uint32(length[:]))
	_, err := io.ReadFull(from, frame[copy(frame, length[:]):])
	return frame, err
}
