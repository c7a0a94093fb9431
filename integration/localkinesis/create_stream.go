package localkinesis

// CreateStream: ShardCount shards of equal hash key ranges, or 4 in on-demand
// mode, which is what the service starts with (4 MB/s).

var (
	shardCountRule = rule{min: 1, max: 100_000}
	modeRule       = rule{among: []string{provisioned, onDemand}}
	recordSizeRule = rule{min: 1024, max: 10_240} // KiB
)

const (
	onDemandShards   = 4
	defaultRecordKiB = 1024
)

func (s *Server) createStream(in *input) call {
	n := newStream{name: in.text("StreamName", must(nameRule)), mode: provisioned}
	if mode := in.nested("StreamModeDetails"); mode != nil {
		n.mode = mode.text("StreamMode", must(modeRule))
	}
	count, counted := in.number("ShardCount", shardCountRule)
	switch {
	case counted:
		n.shards = count
	case n.mode == onDemand:
		n.shards = onDemandShards
	case n.mode == provisioned:
		in.refuse(refusal("ValidationException", "ShardCount must be specified for a stream in PROVISIONED mode."))
	}
	kib, sized := in.number("MaxRecordSizeInKiB", recordSizeRule)
	if !sized {
		kib = defaultRecordKiB
	}
	n.maxRecord = kib << 10
	n.tags = in.tags("Tags")
	if strategy := in.text("RecordDistributionStrategy", rule{}); strategy == "AUTO" {
		in.refuse(invalidArgument("RecordDistributionStrategy AUTO is not served here; leave it out or give USER_PARTITION_KEY."))
	}
	return call{key: n.name, serve: func() (answer, error) { return done(s.create(n)) }}
}
