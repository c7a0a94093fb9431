package kcl

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// compare holds what the KPL says it put against what is stored.
func compare(ctx context.Context, h *judge.Hearing, server *localkinesis.Server, f *front, results []sent, stored []storedRecord) error {
	want := []string{"DescribeStreamSummary in application/x-amz-json-1.1", "ListShards in application/x-amz-json-1.1", "PutRecords in application/x-amz-json-1.1"}
	h.Hold("operations of the daemon", slices.Equal(f.operations(), want), "over TLS, certificate verified: %v", f.operations())

	failed := slices.DeleteFunc(slices.Clone(results), func(s sent) bool { return s.Event == "put" })
	why := ""
	if len(failed) > 0 {
		why = failed[0].Why
	}
	h.Hold("UserRecordResult", len(results) == producerRecords && len(failed) == 0, "%d of %d user records put %s", len(results)-len(failed), producerRecords, why)

	carriers, aggregates, users := map[string]storedRecord{}, 0, 0
	for _, r := range stored {
		carriers[r.Shard+r.Sequence] = r
		users += len(r.Users)
		if len(r.Users) > 1 {
			aggregates++
		}
		for _, u := range r.Users {
			if u.Aggregated != bytes.HasPrefix(r.Data, []byte("\xf3\x89\x9a\xc2")) {
				h.Disagree("aws-kinesis-agg", "aggregated %t of a record that begins with %x", u.Aggregated, r.Data[:min(4, len(r.Data))])
			}
		}
	}
	h.Hold("PutRecords", aggregates > 10 && len(stored) < producerRecords, "%d user records in %d Kinesis records, %d of them aggregates", users, len(stored), aggregates)

	var missing []string
	for _, s := range results {
		r := carriers[s.Shard+s.Sequence]
		if !slices.ContainsFunc(r.Users, func(u carried) bool { return s.is(u) }) {
			missing = append(missing, fmt.Sprintf("%q %.20q is not in %s/%s", s.Key, s.Data, s.Shard, s.Sequence))
		}
	}
	h.Hold("stored bytes", len(missing) == 0, "each user record is where the KPL says, key and data as put: %s", first(missing))
	h.Hold("nothing else", users >= producerRecords && users <= producerRecords+producerRecords/4, "%d user records more than put: those put again behind the split", users-producerRecords)
	return compareRanges(ctx, h, server, results)
}

// compareRanges looks whether the KPL was content with shards that own its
// user records, behind a split, too.
func compareRanges(ctx context.Context, h *judge.Hearing, server *localkinesis.Server, results []sent) error {
	var list struct{ Shards []shard }
	if err := ask(ctx, server.URL(), "Kinesis_20131202.ListShards", "application/x-amz-json-1.1", `{"StreamName":"quakes"}`, &list); err != nil {
		return err
	}
	ranges := map[string]shard{}
	for _, s := range list.Shards {
		ranges[s.ShardID] = s
	}
	var strangers []string
	children, again := 0, 0
	for _, s := range results {
		owner := ranges[s.Shard]
		start, _ := new(big.Int).SetString(owner.HashKeyRange.StartingHashKey, 10)
		end, _ := new(big.Int).SetString(owner.HashKeyRange.EndingHashKey, 10)
		hash := hashOf(userRecord{Key: string(s.Key), Hash: s.Hash})
		if start == nil || end == nil || hash.Cmp(start) < 0 || hash.Cmp(end) > 0 {
			strangers = append(strangers, fmt.Sprintf("%q is in %s", s.Key, s.Shard))
		}
		if owner.ParentShardID != "" {
			children++
		}
		if s.Attempts > 1 {
			again++
		}
	}
	h.Hold("split on the way", len(strangers) == 0 && children > 0, "%d user records in child shards, %d put more than once, each in the shard of its hash key: %s", children, again, first(strangers))
	return nil
}

// is compares with a user record of an aggregate. aws-kinesis-agg names the
// aggregate's first explicit hash key for records that have none, so that only
// one that was given can be held against it.
func (s sent) is(u carried) bool {
	return bytes.Equal(s.Key, u.Key) && bytes.Equal(s.Data, u.Data) && (s.Hash == "" || !u.Aggregated || s.Hash == u.Hash)
}
