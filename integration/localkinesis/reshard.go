package localkinesis

// Resharding closes shards and opens others over the same hash keys. All of it
// happens with the stream's mutex held for writing.

// addShard opens a shard. Its number in the sequence numbers is later than its
// parents', so that its records order behind all of theirs.
func (st *stream) addShard(keys hashRange, now int64, parents ...*shard) *shard {
	number := uint32(len(st.shards))
	sh := &shard{id: shardID(number), number: number, keys: keys, created: now / 1000, opened: now}
	for _, p := range parents {
		sh.parents = append(sh.parents, p.id)
		sh.created = max(sh.created, p.created+1)
		sh.opened = max(sh.opened, p.opened+1)
	}
	for _, p := range parents {
		p.closed = sh.opened
		p.children = append(p.children, sh)
		p.mu.Lock()
		p.awaken()
		p.mu.Unlock()
	}
	if st.disk != nil {
		sh.log = st.disk.segments(number)
	}
	st.shards = append(st.shards, sh)
	return sh
}

// split closes a shard and opens two that meet at a hash key.
func (st *stream) split(sh *shard, at hashKey, now int64) (lower, upper *shard) {
	lower = st.addShard(hashRange{sh.keys.start, at.previous()}, now, sh)
	upper = st.addShard(hashRange{at, sh.keys.end}, now, sh)
	return lower, upper
}

// merge closes two adjacent shards and opens one over both.
func (st *stream) merge(a, b *shard, now int64) *shard {
	keys := hashRange{a.keys.start, b.keys.end}
	if b.keys.start.less(a.keys.start) {
		keys = hashRange{b.keys.start, a.keys.end}
	}
	return st.addShard(keys, now, a, b)
}

// adjacent reports whether two ranges meet without gap or overlap.
func adjacent(a, b hashRange) bool {
	return a.end != maxHashKey && a.end.next() == b.start || b.end != maxHashKey && b.end.next() == a.start
}

// rescale brings the stream to uniform ranges: it splits at every new boundary
// and then merges what lies between two of them. Shards that live only from the
// one to the other are normal, as UpdateShardCount documents.
func (st *stream) rescale(count int, now int64) {
	old := st.open
	for _, target := range uniform(count) {
		var merged *shard
		for len(old) > 0 && !target.end.less(old[0].keys.start) {
			piece := old[0]
			old = old[1:]
			if target.end.less(piece.keys.end) {
				lower, upper := st.split(piece, target.end.next(), now)
				piece, old = lower, append([]*shard{upper}, old...)
			}
			if merged == nil {
				merged = piece
			} else {
				merged = st.merge(merged, piece, now)
			}
		}
	}
	st.sortOpen()
}
