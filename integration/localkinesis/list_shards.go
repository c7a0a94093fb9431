package localkinesis

import "encoding/json"

// ListShards: at most 1,000 shards a page, expired ones left out, filtered by
// ShardFilter. A NextToken lives 300 s and stands for the stream and the filter
// together, so it excludes their members.

const (
	listShardsPage = 1000
	nextTokenLife  = 300_000 // ms
)

// Types of a ShardFilter.
const (
	afterShardID    = "AFTER_SHARD_ID"
	atTrimHorizon   = "AT_TRIM_HORIZON"
	fromTrimHorizon = "FROM_TRIM_HORIZON"
	atLatest        = "AT_LATEST"
	atTimestamp     = "AT_TIMESTAMP"
	fromTimestamp   = "FROM_TIMESTAMP"
)

var filterRule = rule{among: []string{afterShardID, atTrimHorizon, fromTrimHorizon, atLatest, atTimestamp, fromTimestamp}}

// shardQuery is what a listing asks for; a NextToken is one in sealed JSON.
type shardQuery struct {
	Stream   string
	ID       uint64 `json:",omitempty"` // of the stream, in a token
	Created  int64  `json:",omitempty"` // StreamCreationTimestamp, ms; 0: any
	After    string `json:",omitempty"` // shard id
	Filter   string
	Time     int64 `json:",omitempty"` // of AT_ and FROM_TIMESTAMP, ms
	IssuedAt int64 `json:",omitempty"` // of a token, ms
}

func (s *Server) listShards(in *input) call {
	limit, limited := in.number("MaxResults", pageRule)
	if !limited {
		limit = listShardsPage
	}
	limit = min(limit, listShardsPage)
	var q shardQuery
	if token := in.text("NextToken", rule{min: 1, max: 1 << 20}); in.has("NextToken") {
		q = continueQuery(in, token)
	} else {
		q = s.newQuery(in)
	}
	return call{key: q.Stream, serve: func() (answer, error) { return s.answerShards(q, limit) }}
}

func (s *Server) newQuery(in *input) shardQuery {
	q := shardQuery{Stream: s.streamName(in), After: in.text("ExclusiveStartShardId", nameRule), Filter: fromTrimHorizon}
	q.Created, _ = in.millis("StreamCreationTimestamp")
	f := in.nested("ShardFilter")
	if f == nil {
		return q
	}
	q.Filter = f.text("Type", must(filterRule))
	id := f.text("ShardId", nameRule)
	ms, timed := f.millis("Timestamp")
	q.Time = ms
	byTime := q.Filter == atTimestamp || q.Filter == fromTimestamp
	switch {
	case q.Filter == afterShardID && id == "":
		in.refuse(invalidArgument("ShardId must be specified in ShardFilter when the type is AFTER_SHARD_ID."))
	case q.Filter != afterShardID && id != "":
		in.refuse(invalidArgument("ShardId must not be specified in ShardFilter when the type is %s.", q.Filter))
	case byTime && !timed:
		in.refuse(invalidArgument("Timestamp must be specified in ShardFilter when the type is %s.", q.Filter))
	case !byTime && timed:
		in.refuse(invalidArgument("Timestamp must not be specified in ShardFilter when the type is %s.", q.Filter))
	case byTime && ms > s.now():
		in.refuse(invalidArgument("Timestamp in ShardFilter cannot be in the future."))
	}
	q.After = max(q.After, id)
	return q
}

func continueQuery(in *input, token string) (q shardQuery) {
	for _, name := range []string{"StreamName", "StreamCreationTimestamp", "ExclusiveStartShardId", "ShardFilter"} {
		if in.has(name) {
			in.refuse(invalidArgument("NextToken and %s cannot be provided together.", name))
		}
	}
	content, ok := unseal(sealShards, token)
	if !ok || json.Unmarshal(content, &q) != nil {
		in.refuse(invalidArgument("NextToken is invalid."))
	}
	return q
}

type shardList struct {
	NextToken string `json:",omitempty"`
	Shards    []shardDescription
}

func (s *Server) answerShards(q shardQuery, limit int) (answer, error) {
	now := s.now()
	if q.IssuedAt != 0 && now-q.IssuedAt > nextTokenLife {
		return answer{}, expiredNextToken()
	}
	st, err := s.stream(q.Stream)
	if err != nil {
		return answer{}, err
	}
	if q.ID != 0 && st.id != q.ID || q.Created != 0 && st.created/1000 != q.Created/1000 {
		return answer{}, s.streamNotFound(q.Stream)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	var selected []*shard
	for _, sh := range st.listed(now) {
		if q.selects(sh, st, now) {
			selected = append(selected, sh)
		}
	}
	shards, more := firstAfter(selected, q.After, limit)
	list := shardList{Shards: describe(shards)}
	if more {
		q.ID, q.IssuedAt, q.After = st.id, now, shards[len(shards)-1].id
		content, err := json.Marshal(q)
		if err != nil {
			return answer{}, failure(err)
		}
		list.NextToken = seal(sealShards, content)
	}
	return jsonAnswer(list)
}

// selects applies the filter to a shard that is not expired. The stream's mutex is held.
func (q shardQuery) selects(sh *shard, st *stream, now int64) bool {
	horizon := max(st.horizon(now), st.created)
	switch q.Filter {
	case atTrimHorizon:
		return sh.openAt(horizon)
	case atLatest:
		return sh.closed == 0
	case atTimestamp:
		return sh.openAt(q.Time)
	case fromTimestamp:
		return sh.closed == 0 || sh.closed >= max(q.Time, horizon)
	}
	return true
}

// openAt reports whether the shard was open at a time, ends included.
func (sh *shard) openAt(ms int64) bool { return sh.opened <= ms && (sh.closed == 0 || sh.closed >= ms) }
