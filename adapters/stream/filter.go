package stream

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// Filter says which shards to list. The zero Filter is TrimToTip.
type Filter struct {
	kind types.ShardFilterType
	at   time.Time
}

// The filters (ListShards API reference, ShardFilter).
var (
	TrimToTip     = Filter{}                                         // every shard that still holds records, and the open ones
	AtLatest      = Filter{kind: types.ShardFilterTypeAtLatest}      // the open shards
	AtTrimHorizon = Filter{kind: types.ShardFilterTypeAtTrimHorizon} // those that were open at the trim horizon
)

// AtTimestamp lists the shards that were open at t.
func AtTimestamp(t time.Time) Filter {
	return Filter{kind: types.ShardFilterTypeAtTimestamp, at: t}
}

func (f Filter) request() *types.ShardFilter {
	if f.kind == "" {
		return nil
	}
	r := &types.ShardFilter{Type: f.kind}
	if f.kind == types.ShardFilterTypeAtTimestamp {
		r.Timestamp = aws.Time(f.at)
	}
	return r
}
