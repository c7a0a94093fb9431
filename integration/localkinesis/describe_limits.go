package localkinesis

// DescribeLimits: the account's quotas and what is used of them.

const onDemandQuota = 50

type limitsDescription struct {
	OnDemandStreamCount      int
	OnDemandStreamCountLimit int
	OpenShardCount           int
	ShardLimit               int
}

func (s *Server) describeLimits(*input) call {
	return call{serve: func() (answer, error) {
		d := limitsDescription{OnDemandStreamCountLimit: onDemandQuota, OpenShardCount: s.openShards(), ShardLimit: shardQuota}
		for _, st := range s.list() {
			if st.mode == onDemand {
				d.OnDemandStreamCount++
			}
		}
		return jsonAnswer(d)
	}}
}
