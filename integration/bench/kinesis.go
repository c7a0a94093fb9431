package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// kinesis is a stream whose records are made of the canned events while they
// are asked for. It is never slow: rates are not limited.
type kinesis struct {
	events  []event
	shards  int
	records atomic.Int64 // per shard
	created int64        // s since 1970
	buffers sync.Pool
}

const kinesisTarget = "Kinesis_20131202."

// answerBytes bounds the record data of an answer, as the service does.
const answerBytes = 10 << 20

func newKinesis(events []event, shards int) *kinesis {
	return &kinesis{events: events, shards: shards, created: time.Now().Add(-time.Hour).Unix(), buffers: sync.Pool{New: func() any { return new([]byte) }}}
}

type kinesisRequest struct {
	ShardID       string `json:"ShardId"`
	IteratorType  string `json:"ShardIteratorType"`
	After         string `json:"StartingSequenceNumber"`
	ShardIterator string
	Limit         int64
}

// ServeHTTP implements http.Handler.
func (k *kinesis) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	var in kinesisRequest
	if err == nil {
		err = json.Unmarshal(text, &in)
	}
	if err != nil {
		refuse(w, "SerializationException", err)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), kinesisTarget); name {
	case "GetRecords":
		k.getRecords(w, &in)
	case "GetShardIterator":
		k.getShardIterator(w, &in)
	case "DescribeStream":
		writeJSON(w, map[string]any{"StreamDescription": map[string]any{
			"StreamName": streamName, "StreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/" + streamName, "StreamStatus": "ACTIVE",
			"StreamModeDetails": map[string]string{"StreamMode": "PROVISIONED"}, "StreamCreationTimestamp": k.created,
			"RetentionPeriodHours": 24, "HasMoreShards": false, "EnhancedMonitoring": []any{}, "EncryptionType": "NONE", "Shards": k.list(),
		}})
	case "ListShards":
		writeJSON(w, map[string]any{"Shards": k.list()})
	default:
		refuse(w, "UnknownOperationException", fmt.Errorf("%s is not served here", name))
	}
}

func (k *kinesis) list() []any {
	list := make([]any, k.shards)
	for i := range list {
		list[i] = map[string]any{
			"ShardId":             shardName(i),
			"HashKeyRange":        map[string]string{"StartingHashKey": strconv.Itoa(i * 1000), "EndingHashKey": strconv.Itoa(i*1000 + 999)},
			"SequenceNumberRange": map[string]string{"StartingSequenceNumber": string(appendSequence(nil, i, 0))},
		}
	}
	return list
}

func (k *kinesis) getShardIterator(w http.ResponseWriter, in *kinesisRequest) {
	shard, err := shardNumber(in.ShardID)
	from := int64(0)
	if err == nil && in.After != "" {
		if from, err = sequenceIndex(in.After); in.IteratorType == "AFTER_SEQUENCE_NUMBER" {
			from++
		}
	}
	if err != nil {
		refuse(w, "InvalidArgumentException", err)
		return
	}
	writeJSON(w, map[string]string{"ShardIterator": iteratorText(shard, from)})
}

func iteratorText(shard int, next int64) string { return fmt.Sprintf("%d:%d", shard, next) }

// getRecords writes an answer as the service does: the records' text is copied,
// never encoded anew.
func (k *kinesis) getRecords(w http.ResponseWriter, in *kinesisRequest) {
	var shard int
	var next int64
	if n, err := fmt.Sscanf(in.ShardIterator, "%d:%d", &shard, &next); n != 2 {
		refuse(w, "InvalidArgumentException", fmt.Errorf("ShardIterator %q: %w", in.ShardIterator, err))
		return
	}
	limit := int64(10_000)
	if in.Limit > 0 {
		limit = min(limit, in.Limit)
	}
	total, size := k.records.Load(), 0
	buffer := k.buffers.Get().(*[]byte)
	defer k.buffers.Put(buffer)
	b := append((*buffer)[:0], `{"Records":[`...)
	for n := int64(0); n < limit && next < total && size < answerBytes; n++ {
		if n > 0 {
			b = append(b, ',')
		}
		e := &k.events[next%distinct]
		b = append(b, e.head...)
		b = appendSequence(b, shard, next)
		b = append(b, e.tail...)
		size += len(e.data)
		next++
	}
	b = fmt.Appendf(b, `],"NextShardIterator":"%s","MillisBehindLatest":%d}`, iteratorText(shard, next), total-next)
	*buffer = b
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b) // a client that has left sees nothing
}

func writeJSON(w http.ResponseWriter, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write(text) // as above
}

func refuse(w http.ResponseWriter, code string, err error) {
	w.WriteHeader(http.StatusBadRequest)
	writeJSON(w, map[string]string{"__type": code, "message": err.Error()})
}
