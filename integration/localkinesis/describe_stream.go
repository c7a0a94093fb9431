package localkinesis

// DescribeStream: the stream and its shards, 100 a page unless Limit says
// otherwise, going on behind ExclusiveStartShardId.

var pageRule = rule{min: 1, max: 10_000}

const describePage = 100

func (s *Server) describeStream(in *input) call {
	name := s.streamName(in)
	limit, limited := in.number("Limit", pageRule)
	if !limited {
		limit = describePage
	}
	after := in.text("ExclusiveStartShardId", nameRule)
	return call{key: name, serve: func() (answer, error) {
		st, err := s.stream(name)
		if err != nil {
			return answer{}, err
		}
		now := s.now()
		st.mu.RLock()
		defer st.mu.RUnlock()
		shards, more := firstAfter(st.listed(now), after, limit)
		return jsonAnswer(map[string]any{"StreamDescription": streamDescription{
			streamHead:    s.head(st, now),
			HasMoreShards: more,
			Shards:        describe(shards),
		}})
	}}
}

// firstAfter returns at most limit shards behind the one of the given id.
func firstAfter(shards []*shard, after string, limit int) (page []*shard, more bool) {
	for len(shards) > 0 && shards[0].id <= after {
		shards = shards[1:]
	}
	if len(shards) > limit {
		return shards[:limit], true
	}
	return shards, false
}

// streamHead is what both descriptions of a stream have in common.
type streamHead struct {
	EncryptionType          string
	EnhancedMonitoring      []enhancedMetrics
	KeyId                   string `json:",omitempty"`
	RetentionPeriodHours    int
	StreamARN               string
	StreamCreationTimestamp seconds
	StreamModeDetails       modeDetails
	StreamName              string
	StreamStatus            string
}

type enhancedMetrics struct{ ShardLevelMetrics []string }

type modeDetails struct{ StreamMode string }

type streamDescription struct {
	streamHead
	HasMoreShards bool
	Shards        []shardDescription
}

type shardDescription struct {
	AdjacentParentShardId string `json:",omitempty"`
	HashKeyRange          keyDescription
	ParentShardId         string `json:",omitempty"`
	SequenceNumberRange   numberDescription
	ShardId               string
}

type keyDescription struct{ EndingHashKey, StartingHashKey string }

type numberDescription struct {
	EndingSequenceNumber   string `json:",omitempty"`
	StartingSequenceNumber string
}

// head describes a stream. Its mutex is held.
func (s *Server) head(st *stream, now int64) streamHead {
	return streamHead{
		EncryptionType:          st.encryption.kind(now),
		EnhancedMonitoring:      []enhancedMetrics{{ShardLevelMetrics: append([]string{}, st.metrics...)}},
		KeyId:                   st.encryption.key(now),
		RetentionPeriodHours:    hours(st.retention),
		StreamARN:               s.arn(st.name),
		StreamCreationTimestamp: seconds(st.created),
		StreamModeDetails:       modeDetails{st.mode},
		StreamName:              st.name,
		StreamStatus:            st.status(now),
	}
}

// describe turns shards into their JSON form. The stream's mutex is held.
func describe(shards []*shard) []shardDescription {
	list := make([]shardDescription, len(shards))
	for i, sh := range shards {
		d := shardDescription{
			HashKeyRange:        describeKeys(sh.keys),
			SequenceNumberRange: numberDescription{StartingSequenceNumber: sh.beginning().String()},
			ShardId:             sh.id,
		}
		if len(sh.parents) > 0 {
			d.ParentShardId = sh.parents[0]
		}
		if len(sh.parents) > 1 {
			d.AdjacentParentShardId = sh.parents[1]
		}
		if sh.closed != 0 {
			d.SequenceNumberRange.EndingSequenceNumber = sh.ending().String()
		}
		list[i] = d
	}
	return list
}

func describeKeys(r hashRange) keyDescription {
	return keyDescription{EndingHashKey: r.end.String(), StartingHashKey: r.start.String()}
}
