package localkinesis

// DescribeStreamSummary: the stream without its shards.

type streamSummary struct {
	streamHead
	ConsumerCount              int
	MaxRecordSizeInKiB         int
	OpenShardCount             int
	RecordDistributionStrategy string
}

func (s *Server) describeStreamSummary(in *input) call {
	name := s.streamName(in)
	return call{key: name, serve: func() (answer, error) {
		st, err := s.stream(name)
		if err != nil {
			return answer{}, err
		}
		now := s.now()
		st.mu.RLock()
		defer st.mu.RUnlock()
		open := len(st.open)
		if st.status(now) == creating {
			open = 0
		}
		return jsonAnswer(map[string]any{"StreamDescriptionSummary": streamSummary{
			streamHead:                 s.head(st, now),
			ConsumerCount:              len(st.registered(now)),
			MaxRecordSizeInKiB:         st.maxRecord >> 10,
			OpenShardCount:             open,
			RecordDistributionStrategy: "USER_PARTITION_KEY",
		}})
	}}
}
