package localkinesis

import "slices"

// EnableEnhancedMonitoring: which shard-level metrics the stream says it has.
// There is no CloudWatch here.

var (
	shardMetrics = []string{
		"IncomingBytes", "IncomingRecords", "IteratorAgeMilliseconds", "OutgoingBytes", "OutgoingRecords",
		"ReadProvisionedThroughputExceeded", "WriteProvisionedThroughputExceeded",
	}
	metricRule = rule{among: append([]string{"ALL"}, shardMetrics...)}
)

type monitoringAnswer struct {
	CurrentShardLevelMetrics []string
	DesiredShardLevelMetrics []string
	StreamARN                string
	StreamName               string
}

func (s *Server) enableEnhancedMonitoring(in *input) call {
	return s.monitor(in, func(now, named []string) []string {
		now = append(slices.Clone(now), named...)
		slices.Sort(now)
		return slices.Compact(now)
	})
}

// monitor changes the metrics of a stream.
func (s *Server) monitor(in *input, change func(now, named []string) []string) call {
	name := s.streamName(in)
	named := in.texts("ShardLevelMetrics", must(metricRule), len(metricRule.among))
	if slices.Contains(named, "ALL") {
		named = shardMetrics
	}
	return call{key: name, serve: func() (answer, error) {
		a := monitoringAnswer{StreamARN: s.arn(name), StreamName: name}
		err := s.change(name, func(st *stream, _ int64) error {
			a.CurrentShardLevelMetrics = append([]string{}, st.metrics...)
			st.metrics = change(st.metrics, named)
			a.DesiredShardLevelMetrics = append([]string{}, st.metrics...)
			return nil
		})
		if err != nil {
			return answer{}, err
		}
		return jsonAnswer(a)
	}}
}
