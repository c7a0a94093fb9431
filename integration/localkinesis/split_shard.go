package localkinesis

// SplitShard: the shard is CLOSED and two others own its hash keys, the upper
// one from NewStartingHashKey on.

func (s *Server) splitShard(in *input) call {
	name := s.streamName(in)
	id := in.text("ShardToSplit", must(nameRule))
	text := in.text("NewStartingHashKey", must(hashKeyRule))
	return call{key: id, serve: func() (answer, error) {
		return done(s.change(name, func(st *stream, now int64) error {
			if err := checkProvisioned(st, "SplitShard"); err != nil {
				return err
			}
			sh, err := s.openShard(st, id, now)
			if err != nil {
				return err
			}
			at, ok := parseHashKey(text)
			if !ok || !sh.keys.splitsAt(at) {
				return invalidArgument("NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s is not both "+
					"greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
					text, sh.id, st.name, s.options.AccountID, sh.keys.start, sh.keys.end)
			}
			st.split(sh, at, now)
			st.sortOpen()
			return nil
		}))
	}}
}

// splitsAt reports whether a key lies well inside the range, so that both
// halves have more than one key.
func (r hashRange) splitsAt(at hashKey) bool {
	return r.start != maxHashKey && r.start.next().less(at) && at.less(r.end)
}

// openShard finds a shard that can be split or merged. The stream's mutex is held.
func (s *Server) openShard(st *stream, id string, now int64) (*shard, error) {
	number, ok := parseShardID(id)
	if !ok {
		return nil, s.shardNotFound(id, st.name)
	}
	sh := st.shard(number, now)
	switch {
	case sh == nil:
		return nil, s.shardNotFound(shardID(number), st.name)
	case sh.closed != 0:
		return nil, invalidArgument("Shard %s in stream %s under account %s has already been merged or split, "+
			"and thus is not eligible for merging or splitting.", sh.id, st.name, s.options.AccountID)
	}
	return sh, nil
}
