package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

const (
	fewestShards = 3
	mostShards   = 7
)

// reshard splits and merges about 17 times, however long the storm is: each adds
// lease rows and channels that stay.
func (s *storm) reshard(ctx context.Context, dice *rand.Rand) {
	for sleep(ctx, between(dice, s.length/22, s.length/12)) {
		open := s.w.open()
		if len(open) == 0 {
			continue
		}
		split := len(open) <= fewestShards || len(open) < mostShards && dice.IntN(2) == 0
		order := dice.Perm(len(open))
		if split {
			if err := s.w.cloud.Kinesis.SplitShard(streamName, open[order[0]]); err == nil {
				s.w.tally.do(func(t *tally) { t.splits++ })
				s.w.trace.say("split", "", "shard", open[order[0]])
			}
			continue
		}
		s.merge(open, order)
	}
}

// merge joins the first two of the order that are neighbours.
func (s *storm) merge(open []string, order []int) {
	for i, a := range order {
		for _, b := range order[i+1:] {
			if s.w.cloud.Kinesis.MergeShards(streamName, open[a], open[b]) == nil {
				s.w.tally.do(func(t *tally) { t.merges++ })
				s.w.trace.say("merge", "", "shards", open[a]+" "+open[b])
				return
			}
		}
	}
}

// rescalings is how many UpdateShardCount follow each other at once. Each
// replaces every shard, or nearly: so deep are the shards that lie one behind
// the other, unread.
const rescalings = 5

// rescale has the stream another number of shards, five times in a row: at the
// third and at the second third of the storm.
func (s *storm) rescale(ctx context.Context, dice *rand.Rand) {
	client := awskinesis.New(awskinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(s.w.cloud.Kinesis.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	for range 2 {
		if !sleep(ctx, s.length/3) {
			return
		}
		for range rescalings {
			open := len(s.w.open())
			target := s.target(open, dice)
			_, err := client.UpdateShardCount(ctx, &awskinesis.UpdateShardCountInput{
				StreamName: aws.String(streamName), TargetShardCount: aws.Int32(int32(target)), ScalingType: types.ScalingTypeUniformScaling,
			})
			s.w.trace.say("rescale", "", "from", open, "to", target, "deep", s.w.depth(), "error", fmt.Sprint(err))
			if err == nil {
				s.w.tally.do(func(t *tally) { t.rescalings++ })
			}
			if !sleep(ctx, between(dice, 500*time.Millisecond, 2*time.Second)) {
				return
			}
		}
	}
}

// target is another number of shards that UpdateShardCount takes: between half
// and double of what is open.
func (s *storm) target(open int, dice *rand.Rand) int {
	var targets []int
	for n := max(fewestShards, (open+1)/2); n <= min(mostShards, 2*open); n++ {
		if n != open {
			targets = append(targets, n)
		}
	}
	if len(targets) == 0 {
		return max(1, open/2)
	}
	return targets[dice.IntN(len(targets))]
}

// open lists the stream's open shards by number.
func (w *world) open() (ids []string) {
	for _, sh := range w.shards() {
		if sh.Open {
			ids = append(ids, sh.ID)
		}
	}
	return ids
}

// depth is how many shards lie behind each other at most.
func (w *world) depth() (deepest int) {
	deep := map[string]int{}
	for _, sh := range w.shards() { // by number: parents come first
		deep[sh.ID] = 1
		for _, parent := range sh.Parents {
			deep[sh.ID] = max(deep[sh.ID], deep[parent]+1)
		}
		deepest = max(deepest, deep[sh.ID])
	}
	return deepest
}
