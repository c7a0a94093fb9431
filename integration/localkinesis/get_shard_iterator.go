package localkinesis

// GetShardIterator: a place in a shard, good for Options.IteratorLife. Five
// types say which: two relative to a sequence number, which may be older than
// the trim horizon or lie between two records, one by time, and both ends. A
// closed shard has iterators like an open one.

// Types of shard iterators.
const (
	atSequenceNumber    = "AT_SEQUENCE_NUMBER"
	afterSequenceNumber = "AFTER_SEQUENCE_NUMBER"
	trimHorizon         = "TRIM_HORIZON"
	latest              = "LATEST"
)

var (
	iteratorTypeRule = rule{among: []string{afterSequenceNumber, latest, atTimestamp, atSequenceNumber, trimHorizon}}
	sequenceRule     = rule{pattern: sequencePattern}
)

// iteratorRequest is what GetShardIterator is asked.
type iteratorRequest struct {
	operation, stream, shard, kind, number string
	time                                   int64 // ms since the epoch
	timed, dry                             bool
}

func (s *Server) getShardIterator(in *input) call {
	q := iteratorRequest{
		operation: "GetShardIterator", stream: s.streamName(in),
		shard:  in.text("ShardId", must(nameRule)),
		kind:   in.text("ShardIteratorType", must(iteratorTypeRule)),
		number: in.text("StartingSequenceNumber", sequenceRule),
		dry:    in.truth("DryRun"),
	}
	q.time, q.timed = in.millis("Timestamp")
	key := q.shard
	if number, ok := parseShardID(q.shard); ok {
		key = shardID(number)
	}
	return call{key: key, serve: func() (answer, error) { return s.answerIterator(q) }}
}

func (s *Server) answerIterator(q iteratorRequest) (answer, error) {
	number, ok := parseShardID(q.shard)
	if !ok {
		return answer{}, s.shardNotFound(q.shard, q.stream)
	}
	st, err := s.stream(q.stream)
	if err != nil {
		return answer{}, s.noSuchShard(shardID(number), q.stream)
	}
	now := s.now()
	st.mu.RLock()
	defer st.mu.RUnlock()
	sh := st.shard(number, now)
	if sh == nil {
		return answer{}, s.noSuchShard(shardID(number), q.stream)
	}
	if err := sh.trim(st.horizon(now)); err != nil {
		return answer{}, failure(err)
	}
	next, err := s.place(q, st, sh, now)
	switch {
	case err != nil:
		return answer{}, err
	case q.dry:
		return answer{}, dryRun()
	case st.limits && !sh.rates.iterator(now):
		return answer{}, s.rateExceeded(sh, st)
	}
	it := iterator{issued: now, id: st.id, shard: number, next: next, stream: st.name}
	return jsonAnswer(struct{ ShardIterator string }{it.String()})
}

// place finds the record that an iterator points at.
func (s *Server) place(q iteratorRequest, st *stream, sh *shard, now int64) (int64, error) {
	numbered := q.kind == atSequenceNumber || q.kind == afterSequenceNumber
	if numbered != (q.number != "") && q.kind != atTimestamp {
		given := "no StartingSequenceNumber."
		if q.number != "" {
			given = "also a StartingSequenceNumber."
		}
		return 0, invalidArgument("Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "+
			"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified %s and %s", q.kind, given)
	}
	switch q.kind {
	case trimHorizon:
		return 0, nil // reading begins at the oldest record there is
	case latest:
		return sh.tip(), nil
	case atTimestamp:
		return s.placeTime(q, sh, now)
	}
	number, err := s.numberOf(q, st, sh)
	if err != nil {
		return 0, err
	}
	next := sh.at(number)
	if q.kind == afterSequenceNumber && sh.numbered(next, number) {
		next++
	}
	return next, nil
}

func (s *Server) placeTime(q iteratorRequest, sh *shard, now int64) (int64, error) {
	switch {
	case !q.timed:
		return 0, invalidArgument("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. " +
			"Current request has no timestamp parameter.")
	case q.time > now:
		return 0, invalidArgument("The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "+
			"timestampInMillis: %d, currentTimestampInMillis: %d", q.time, now)
	}
	return sh.since(q.time), nil
}

// numberOf checks that a sequence number came from the shard.
func (s *Server) numberOf(q iteratorRequest, st *stream, sh *shard) (sequence, error) {
	number, ok := parseSequence(q.number)
	invalid := "StartingSequenceNumber %s used in " + q.operation + " on shard %s in stream %s under account %s is invalid"
	switch {
	case !ok:
		return number, invalidArgument(invalid+".", q.number, sh.id, st.name, s.options.AccountID)
	case number.shard() != sh.number:
		return number, invalidArgument("Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s",
			shardID(number.shard()), sh.id)
	case number.created() != sh.created:
		return number, invalidArgument(invalid+" because it did not come from this stream.",
			q.number, sh.id, st.name, s.options.AccountID)
	}
	return number, nil
}
