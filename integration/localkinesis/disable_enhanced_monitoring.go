package localkinesis

import "slices"

// DisableEnhancedMonitoring: the named shard-level metrics are left out again.

func (s *Server) disableEnhancedMonitoring(in *input) call {
	return s.monitor(in, func(now, named []string) []string {
		return slices.DeleteFunc(slices.Clone(now), func(metric string) bool { return slices.Contains(named, metric) })
	})
}
