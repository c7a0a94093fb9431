package localkinesis

import "sync"

// Calls per second that an account may make of an operation, or of an operation
// on one stream, as its reference page says. GetRecords, GetShardIterator and
// SubscribeToShard count by shard and keep their own rates.
var (
	accountQuotas = map[string]int{
		"AddTagsToStream":               5,
		"CreateStream":                  5,
		"DecreaseStreamRetentionPeriod": 5,
		"DeleteStream":                  5,
		"DescribeLimits":                1,
		"DescribeStream":                10,
		"DescribeStreamSummary":         20,
		"IncreaseStreamRetentionPeriod": 5,
		"ListStreams":                   5,
		"ListTagsForStream":             5,
		"MergeShards":                   5,
		"RegisterStreamConsumer":        5,
		"RemoveTagsFromStream":          5,
		"SplitShard":                    5,
		"UpdateShardCount":              10,
		"UpdateStreamMode":              5,
	}
	streamQuotas = map[string]int{
		"DeregisterStreamConsumer": 5,
		"DescribeStreamConsumer":   20,
		"ListShards":               1000,
		"ListStreamConsumers":      5,
	}
)

// quotas counts calls.
type quotas struct {
	mu    sync.Mutex
	calls map[string]*window // by operation, and stream where that counts
}

// admit refuses a call beyond its quota when Options.Limits is on.
func (s *Server) admit(operation, key string) *Error {
	if !s.options.Limits {
		return nil
	}
	limit, counted := accountQuotas[operation]
	name := operation
	if !counted {
		if limit, counted = streamQuotas[operation]; !counted {
			return nil
		}
		name += " " + key
	}
	s.quotas.mu.Lock()
	defer s.quotas.mu.Unlock()
	if s.quotas.calls == nil {
		s.quotas.calls = map[string]*window{}
	}
	if s.quotas.calls[name] == nil {
		s.quotas.calls[name] = newWindow(limit, oneSecond)
	}
	if s.quotas.calls[name].enter(s.now()) {
		return nil
	}
	return s.tooManyCalls(key)
}

func (s *Server) tooManyCalls(stream string) *Error {
	if stream == "" {
		return refusal("LimitExceededException", "Rate exceeded for account %s.", s.options.AccountID)
	}
	return refusal("LimitExceededException", "Rate exceeded for stream %s under account %s.", stream, s.options.AccountID)
}

// checkDay refuses a change that a stream may see only so many times in 24
// hours, when Options.Limits is on. The stream's mutex is held.
func (s *Server) checkDay(st *stream, change string, limit int, now int64) error {
	if !st.limits {
		return nil
	}
	if st.days == nil {
		st.days = map[string]*window{}
	}
	if st.days[change] == nil {
		st.days[change] = newWindow(limit, oneDay)
	}
	if st.days[change].enter(now) {
		return nil
	}
	return refusal("LimitExceededException", "%s of stream %s under account %s is limited to %d times in 24 hours.",
		change, st.name, s.options.AccountID, limit)
}
