package localkinesis

import (
	"encoding/json"
	"strconv"
)

// GetRecords: at most Limit records (10,000 by default) and 10 MiB from an
// iterator on. The answer that reaches the end of a closed shard has no
// NextShardIterator and names the child shards, be there records in it or not.
// MillisBehindLatest is 0 at the tip, else the age of the last record returned.

var (
	getLimitRule = rule{min: 1, max: 10_000}
	iteratorRule = rule{min: 1, max: 512}
)

func (s *Server) getRecords(in *input) call {
	text := in.text("ShardIterator", must(iteratorRule))
	limit, limited := in.number("Limit", getLimitRule)
	if !limited {
		limit = getLimitRule.max
	}
	dry := in.truth("DryRun")
	var arnStream string
	if in.has("StreamARN") {
		arnStream = s.streamName(in)
	}
	it, ok := parseIterator(text)
	if !ok || arnStream != "" && arnStream != it.stream {
		return call{serve: refusing(invalidArgument("Invalid ShardIterator."))}
	}
	return call{key: shardID(it.shard), serve: func() (answer, error) {
		if dry {
			return answer{}, dryRun()
		}
		return s.read(it, limit)
	}}
}

func (s *Server) read(it iterator, limit int) (answer, error) {
	now := s.now()
	if err := s.checkAge(it, now); err != nil {
		return answer{}, err
	}
	st, err := s.stream(it.stream)
	if err != nil || st.id != it.id {
		return answer{}, s.noSuchShard(shardID(it.shard), it.stream)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	sh := st.shard(it.shard, now)
	if sh == nil {
		return answer{}, s.noSuchShard(shardID(it.shard), it.stream)
	}
	if err := sh.trim(st.horizon(now)); err != nil {
		return answer{}, failure(err)
	}
	if st.limits && !sh.rates.read(now) {
		return answer{}, s.rateExceeded(sh, st)
	}
	if sh.withholds(s.options.EmptyReads) {
		limit = 0
	}
	p := sh.read(it.next, limit, maxAnswer)
	if st.limits {
		sh.rates.answered(p, now)
	}
	it.issued, it.next = now, p.next
	return encodePage(p, it, sh, now)
}

// childShard is an entry of ChildShards.
type childShard struct {
	HashKeyRange keyDescription
	ParentShards []string
	ShardId      string
}

// encodePage wraps the fragments of a page, which stay where they are. The
// stream's mutex is held.
func encodePage(p page, it iterator, sh *shard, now int64) (answer, error) {
	b := []byte{'{'}
	if p.tip && sh.closed != 0 {
		encoded, err := json.Marshal(describeChildren(sh))
		if err != nil {
			return answer{}, failure(err)
		}
		b = append(append(append(b, `"ChildShards":`...), encoded...), ',')
	}
	b = strconv.AppendInt(append(b, `"MillisBehindLatest":`...), p.behind(now), 10)
	if !p.tip || sh.closed == 0 {
		b = append(append(append(b, `,"NextShardIterator":"`...), it.String()...), '"')
	}
	b = append(b, `,"Records":[`...)
	return answer{head: b, parts: withoutLastComma(p.parts), tail: []byte("]}")}, nil
}
