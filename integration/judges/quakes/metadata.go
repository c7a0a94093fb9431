package quakes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// metadataColumn carries where a row came from.
const metadataColumn = "KINESISMETADATA"

// metadata are the seven fields. Pointers tell an absent one from an empty one.
type metadata struct {
	Stream                *string `json:"stream"`
	ShardID               *string `json:"shardId"`
	SequenceNumber        *string `json:"sequenceNumber"`
	SubSequenceNumber     *int64  `json:"subSequenceNumber"`
	ShardedSequenceNumber *string `json:"shardedSequenceNumber"`
	PartitionKey          *string `json:"partitionKey"`
	ApproximateArrival    *string `json:"approximateArrival"`
}

// readMetadata refuses a value without all seven fields, or with others.
func readMetadata(cell *string) (m metadata, err error) {
	if cell == nil {
		return m, errors.New("KINESISMETADATA is NULL")
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(*cell)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("KINESISMETADATA %s: %w", *cell, err)
	}
	if m.Stream == nil || m.ShardID == nil || m.SequenceNumber == nil || m.SubSequenceNumber == nil ||
		m.ShardedSequenceNumber == nil || m.PartitionKey == nil || m.ApproximateArrival == nil {
		return m, fmt.Errorf("KINESISMETADATA %s lacks one of the seven fields", *cell)
	}
	return m, nil
}

// id is that of the record, as put.id.
func (m metadata) id() string { return put{shard: *m.ShardID, sequence: *m.SequenceNumber}.id() }

// subWidth is how many digits of the sub-sequence number follow the sequence
// number: 123456789 and 2 make 12345678900002 in the documentation.
const subWidth = 5

// differs compares with what the putting client was answered and with what
// boto3 reads from the stream; "" where all seven are right.
func (m metadata) differs(p put, stream string, arrivalMs int64) string {
	arrival := time.UnixMilli(arrivalMs).UTC().Format("2006-01-02T15:04:05.000")
	for _, f := range []struct{ name, got, want string }{
		{"stream", *m.Stream, stream},
		{"shardId", *m.ShardID, p.shard},
		{"sequenceNumber", *m.SequenceNumber, p.sequence},
		{"subSequenceNumber", fmt.Sprint(*m.SubSequenceNumber), "0"},
		{"shardedSequenceNumber", *m.ShardedSequenceNumber, sharded(p.sequence, 0)},
		{"partitionKey", *m.PartitionKey, p.line.key},
		{"approximateArrival", *m.ApproximateArrival, arrival},
	} {
		if f.got != f.want {
			return fmt.Sprintf("%s is %q, should be %q", f.name, f.got, f.want)
		}
	}
	return ""
}

// sharded is the documented shardedSequenceNumber.
func sharded(sequence string, sub int64) string {
	return fmt.Sprintf("%s%0*d", sequence, subWidth, sub)
}
