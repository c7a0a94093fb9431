package demo

import (
	"context"
	"fmt"
	"sync"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// reshaper splits one shard and merges two.
type reshaper struct {
	kinesis *localkinesis.Server
	mu      sync.Mutex
	splits  int
	merges  int
}

// split halves the first open shard.
func (r *reshaper) split(context.Context) error {
	open := openShards(r.kinesis)
	if err := r.kinesis.SplitShard(streamName, open[0]); err != nil {
		return fmt.Errorf("split %s: %w", open[0], err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.splits++
	return nil
}

// merge joins the first two open shards that are neighbours.
func (r *reshaper) merge(context.Context) error {
	open := openShards(r.kinesis)
	var err error
	for i, a := range open {
		for _, b := range open[i+1:] {
			if err = r.kinesis.MergeShards(streamName, a, b); err == nil {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.merges++
				return nil
			}
		}
	}
	return fmt.Errorf("merge of two of %d shards: %w", len(open), err)
}

func (r *reshaper) count() (splits, merges int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.splits, r.merges
}

// openShards lists the stream's open shards by number.
func openShards(server *localkinesis.Server) (ids []string) {
	for _, s := range shardsOf(server) {
		if s.Open {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func shardsOf(server *localkinesis.Server) []localkinesis.ShardInfo {
	for _, s := range server.Streams() {
		if s.Name == streamName {
			return s.Shards
		}
	}
	return nil
}
