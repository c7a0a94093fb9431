package localkinesis

// UpdateShardCount: splits and merges until the stream has TargetShardCount
// shards of equal ranges, between half and double of what it has, and no more
// than maxScaledShards or the account's quota. With Options.Limits that works
// ten times a day. Server.UpdateShardCount knows none of these limits.

var (
	targetCountRule = rule{min: 1}
	scalingRule     = rule{among: []string{"UNIFORM_SCALING"}}
)

const (
	scalingsPerDay = 10
	// maxScaledShards is the most that a call scales to; a stream that has more
	// can only be scaled below it (UpdateShardCount API reference).
	maxScaledShards = 10_000
)

type shardCountAnswer struct {
	CurrentShardCount int
	StreamARN         string
	StreamName        string
	TargetShardCount  int
}

func (s *Server) updateShardCount(in *input) call {
	name := s.streamName(in)
	target, _ := in.number("TargetShardCount", must(targetCountRule))
	in.text("ScalingType", must(scalingRule))
	return call{key: name, serve: func() (answer, error) {
		a := shardCountAnswer{StreamARN: s.arn(name), StreamName: name, TargetShardCount: target}
		account := s.openShards()
		err := s.change(name, func(st *stream, now int64) error {
			a.CurrentShardCount = len(st.open)
			if err := s.checkTarget(st, target, account); err != nil {
				return err
			}
			if err := s.checkDay(st, "UpdateShardCount", scalingsPerDay, now); err != nil {
				return err
			}
			st.rescale(target, now)
			return nil
		})
		if err != nil {
			return answer{}, err
		}
		return jsonAnswer(a)
	}}
}

// checkTarget refuses what the reference says the call cannot do. account is how
// many open shards all streams have; the stream's mutex is held.
func (s *Server) checkTarget(st *stream, target, account int) error {
	open := len(st.open)
	counts := "Current open shard count: %d, Target shard count: %d"
	if err := checkProvisioned(st, "UpdateShardCount"); err != nil {
		return err
	}
	switch {
	case target > 2*open:
		return refusal("LimitExceededException", "UpdateShardCount cannot scale up over double your current open shard count. "+counts, open, target)
	case 2*target < open:
		return refusal("LimitExceededException", "UpdateShardCount cannot scale down below half your current open shard count. "+counts, open, target)
	case target > maxScaledShards:
		return refusal("LimitExceededException", "UpdateShardCount cannot scale to more than %d shards. "+counts, maxScaledShards, open, target)
	case account-open+target > shardQuota:
		return refusal("LimitExceededException", "This request would exceed the shard limit for the account %s in %s. "+counts, s.options.AccountID, s.options.Region, open, target)
	case target == open:
		return invalidArgument("Target shard count must be different from the current open shard count of stream %s: %d.", st.name, open)
	}
	return nil
}
