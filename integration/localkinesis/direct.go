package localkinesis

// What a demo or a test does to the server without going through HTTP. Fault
// hooks do not see these calls; errors are *Error, as a client would get them.

// Record is what PutRecords takes.
type Record struct {
	PartitionKey    string // 1..256 characters
	ExplicitHashKey string // decimal; "" routes by the partition key
	Data            []byte // at most 1 MiB unless the stream was created with more
}

// Put is where a record was put.
type Put struct {
	ShardID        string
	SequenceNumber string
	Throttled      bool // refused because of Options.Limits; the rest is empty
}

// StreamInfo describes a stream.
type StreamInfo struct {
	Name   string
	ARN    string
	Status string // CREATING, ACTIVE, UPDATING or DELETING
	Shards []ShardInfo
}

// ShardInfo describes a shard, open or closed, that is not expired.
type ShardInfo struct {
	ID      string
	Parents []string // none, one after a split, two after a merge
	Open    bool
	Records int64 // ever put, trimmed ones included
}

// CreateStream makes a provisioned stream of 1 to 100,000 shards. The error
// code is ResourceInUseException when there is one of that name.
func (s *Server) CreateStream(name string, shards int) error {
	switch {
	case !namePattern.MatchString(name) || len(name) > nameRule.max:
		return refusal("ValidationException", "stream %q: give 1 to 128 of a-z A-Z 0-9 _ . -", name)
	case shards < 1 || shards > shardCountRule.max:
		return refusal("ValidationException", "shards %d of stream %s: give 1 to %d", shards, name, shardCountRule.max)
	}
	return s.create(newStream{name: name, shards: shards, mode: provisioned, maxRecord: defaultRecordKiB << 10})
}

// DeleteStream removes a stream and all its records.
func (s *Server) DeleteStream(name string) error { return s.delete(name) }

// PutRecords puts any number of records, without the 500 and 10 MiB of a
// request, and answers for each in order. Records of one shard keep their
// order. The data is copied.
func (s *Server) PutRecords(streamName string, records []Record) ([]Put, error) {
	st, err := s.stream(streamName)
	if err != nil {
		return nil, err
	}
	puts := make([]Put, 0, len(records))
	entries := make([]entry, 0, min(len(records), maxRecords))
	for len(records) > 0 {
		entries, records, err = take(entries[:0], records)
		if err != nil {
			return puts, err
		}
		placed, err := s.putBatch(st, entries, false)
		if err != nil {
			return puts, err
		}
		for _, p := range placed {
			if p.refused {
				puts = append(puts, Put{Throttled: true})
				continue
			}
			puts = append(puts, Put{ShardID: p.shard.id, SequenceNumber: p.number.String()})
		}
	}
	return puts, nil
}

// take turns the first records, as many as a request may hold, into entries.
func take(entries []entry, records []Record) ([]entry, []Record, error) {
	bytes := 0
	for len(records) > 0 && len(entries) < maxRecords {
		r := &records[0]
		size := len(r.Data) + len(r.PartitionKey)
		if bytes += size; bytes > maxRequest && len(entries) > 0 {
			break
		}
		if n := len([]rune(r.PartitionKey)); n < partitionKeyRule.min || n > partitionKeyRule.max {
			return nil, nil, refusal("ValidationException", "partition key of %d characters: give 1 to %d", n, partitionKeyRule.max)
		}
		e := entry{hash: hashOf([]byte(r.PartitionKey)), key: jsonContent(r.PartitionKey), data: r.Data, size: size}
		if r.ExplicitHashKey != "" {
			ok := hashKeyPattern.MatchString(r.ExplicitHashKey)
			if ok {
				e.hash, ok = parseHashKey(r.ExplicitHashKey)
			}
			if !ok {
				return nil, nil, badHashKey(r.ExplicitHashKey)
			}
		}
		entries, records = append(entries, e), records[1:]
	}
	return entries, records, nil
}

// SplitShard halves an open shard.
func (s *Server) SplitShard(streamName, shardID string) error {
	return s.change(streamName, func(st *stream, now int64) error {
		sh, err := s.openShard(st, shardID, now)
		if err != nil {
			return err
		}
		middle := sh.keys.middle()
		if !sh.keys.splitsAt(middle) {
			return invalidArgument("Shard %s in stream %s owns too few hash keys to be split", sh.id, st.name)
		}
		st.split(sh, middle, now)
		st.sortOpen()
		return nil
	})
}

// MergeShards merges two open shards whose hash keys are adjacent.
func (s *Server) MergeShards(streamName, shardID, adjacentShardID string) error {
	return s.change(streamName, func(st *stream, now int64) error {
		a, err := s.openShard(st, shardID, now)
		if err != nil {
			return err
		}
		b, err := s.openShard(st, adjacentShardID, now)
		if err != nil {
			return err
		}
		return s.mergePair(st, a, b, now)
	})
}

// UpdateShardCount splits and merges until the stream has so many shards of
// equal ranges. Unlike the call of that name it may more than double or halve
// them, as often as one likes.
func (s *Server) UpdateShardCount(streamName string, shards int) error {
	if shards < 1 || shards > shardCountRule.max {
		return refusal("ValidationException", "shards %d of stream %s: give 1 to %d", shards, streamName, shardCountRule.max)
	}
	return s.change(streamName, func(st *stream, now int64) error {
		if shards != len(st.open) {
			st.rescale(shards, now)
		}
		return nil
	})
}

// Streams lists all streams by name, with their shards by number.
func (s *Server) Streams() []StreamInfo {
	var infos []StreamInfo
	now := s.now()
	for _, st := range s.list() {
		st.mu.RLock()
		info := StreamInfo{Name: st.name, ARN: s.arn(st.name), Status: st.status(now)}
		for _, sh := range st.listed(now) {
			info.Shards = append(info.Shards, ShardInfo{ID: sh.id, Parents: sh.parents, Open: sh.closed == 0, Records: sh.tip()})
		}
		st.mu.RUnlock()
		infos = append(infos, info)
	}
	return infos
}

// RecordsPut counts the records stored since Start, over all streams and
// however they came.
func (s *Server) RecordsPut() int64 { return s.put.Load() }
