package quakes

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// shard is a shard as ListShards tells.
type shard struct {
	ShardId       string
	ParentShardId string
	HashKeyRange  struct{ StartingHashKey, EndingHashKey string }
	Sequences     struct{ StartingSequenceNumber, EndingSequenceNumber string } `json:"SequenceNumberRange"`
}

func (s shard) open() bool      { return s.Sequences.EndingSequenceNumber == "" }
func (s shard) first() *big.Int { return number(s.HashKeyRange.StartingHashKey) }
func (s shard) last() *big.Int  { return number(s.HashKeyRange.EndingHashKey) }

func number(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 10)
	return n
}

// shards lists all shards, those that ended too.
func (a *aws) shards(stream string) ([]shard, error) {
	var answer struct{ Shards []shard }
	err := a.call("kinesis", "list_shards", map[string]any{"StreamName": stream}, &answer)
	return answer.Shards, err
}

// split splits a shard in the middle of its hash keys.
func (a *aws) split(stream string, s shard) error {
	middle := new(big.Int).Add(s.first(), s.last())
	middle.Rsh(middle, 1).Add(middle, big.NewInt(1))
	return a.call("kinesis", "split_shard", map[string]any{"StreamName": stream, "ShardToSplit": s.ShardId, "NewStartingHashKey": middle.String()}, nil)
}

func (a *aws) merge(stream string, one, other shard) error {
	return a.call("kinesis", "merge_shards", map[string]any{"StreamName": stream, "ShardToMerge": one.ShardId, "AdjacentShardToMerge": other.ShardId}, nil)
}

// neighbours finds the two open shards of the first generation that lie side by
// side and took the most records.
func neighbours(shards []shard, took map[string]int) (one, other shard, err error) {
	open := slices.DeleteFunc(slices.Clone(shards), func(s shard) bool { return !s.open() })
	slices.SortFunc(open, func(a, b shard) int { return a.first().Cmp(b.first()) })
	most := -1
	for i := 1; i < len(open); i++ {
		a, b := open[i-1], open[i]
		if n := took[a.ShardId] + took[b.ShardId]; a.ParentShardId == "" && b.ParentShardId == "" && n > most {
			one, other, most = a, b, n
		}
	}
	if most < 0 {
		return one, other, fmt.Errorf("no two neighbours among %d shards to merge", len(open))
	}
	return one, other, nil
}

// arrivals reads the whole stream and returns each record's approximate
// arrival in ms since 1970, by put.id.
func (a *aws) arrivals(stream string) (map[string]int64, error) {
	shards, err := a.shards(stream)
	if err != nil {
		return nil, err
	}
	found := map[string]int64{}
	for _, s := range shards {
		var start struct{ ShardIterator string }
		if err := a.call("kinesis", "get_shard_iterator", map[string]any{"StreamName": stream, "ShardId": s.ShardId, "ShardIteratorType": "TRIM_HORIZON"}, &start); err != nil {
			return nil, err
		}
		for at := start.ShardIterator; at != ""; {
			var page struct {
				NextShardIterator  string
				MillisBehindLatest int64
				Records            []struct {
					SequenceNumber              string
					ApproximateArrivalTimestamp int64 // microseconds
				}
			}
			if err := a.call("kinesis", "get_records", map[string]any{"ShardIterator": at, "Limit": 10000}, &page); err != nil {
				return nil, err
			}
			for _, r := range page.Records {
				found[s.ShardId+" "+r.SequenceNumber] = (r.ApproximateArrivalTimestamp + 500) / 1000
			}
			if at = page.NextShardIterator; len(page.Records) == 0 && page.MillisBehindLatest == 0 {
				break
			}
		}
	}
	return found, nil
}

// short writes a shard's number.
func short(shard string) string {
	digits := strings.TrimLeft(strings.TrimPrefix(shard, "shardId-"), "0")
	if digits == "" {
		return "0"
	}
	return digits
}

// perShard counts records by shard, as rows for a transcript.
func perShard(puts []put) [][]string {
	took := count(puts)
	rows := [][]string{{"shard", "records", "partition keys"}}
	for _, id := range sortedKeys(took) {
		keys := map[string]bool{}
		for _, p := range puts {
			if p.shard == id {
				keys[p.line.key] = true
			}
		}
		rows = append(rows, []string{short(id), fmt.Sprint(took[id]), strings.Join(sortedKeys(keys), " ")})
	}
	return rows
}

func count(puts []put) map[string]int {
	took := map[string]int{}
	for _, p := range puts {
		took[p.shard]++
	}
	return took
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
