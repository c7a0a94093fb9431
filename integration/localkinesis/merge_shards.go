package localkinesis

// MergeShards: two shards with adjacent hash keys are CLOSED and a third owns
// the keys of both. ShardToMerge becomes its ParentShardId, the other one its
// AdjacentParentShardId.

func (s *Server) mergeShards(in *input) call {
	name := s.streamName(in)
	id := in.text("ShardToMerge", must(nameRule))
	other := in.text("AdjacentShardToMerge", must(nameRule))
	return call{key: id, serve: func() (answer, error) {
		return done(s.change(name, func(st *stream, now int64) error {
			if err := checkProvisioned(st, "MergeShards"); err != nil {
				return err
			}
			a, err := s.openShard(st, id, now)
			if err != nil {
				return err
			}
			b, err := s.openShard(st, other, now)
			if err != nil {
				return err
			}
			return s.mergePair(st, a, b, now)
		}))
	}}
}

// mergePair merges two open shards. The stream's mutex is held.
func (s *Server) mergePair(st *stream, a, b *shard, now int64) error {
	if !adjacent(a.keys, b.keys) {
		return invalidArgument("Shards %s and %s in stream %s under account %s are not an adjacent pair of shards eligible for merging",
			a.id, b.id, st.name, s.options.AccountID)
	}
	st.merge(a, b, now)
	st.sortOpen()
	return nil
}
