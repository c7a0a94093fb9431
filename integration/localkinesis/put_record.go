package localkinesis

// PutRecord: one record into the shard that its hash key belongs to. Numbers
// within a shard always rise, so SequenceNumberForOrdering needs only a check.

var partitionKeyRule = rule{min: 1, max: 256}

func (s *Server) putRecord(in *input) call {
	name := s.streamName(in)
	e := readEntry(in)
	ordering := in.text("SequenceNumberForOrdering", sequenceRule)
	dry := in.truth("DryRun")
	key := name
	if st, err := s.stream(name); err == nil && in.err() == nil {
		st.mu.RLock()
		key = st.owner(e.hash).id
		st.mu.RUnlock()
	}
	return call{key: key, serve: func() (answer, error) {
		st, err := s.stream(name)
		if err != nil {
			return answer{}, err
		}
		if err := s.checkOrdering(ordering, name); err != nil {
			return answer{}, err
		}
		placed, err := s.putBatch(st, []entry{e}, dry)
		switch {
		case err != nil:
			return answer{}, err
		case placed[0].refused:
			return answer{}, s.rateExceeded(placed[0].shard, st)
		}
		return jsonAnswer(struct {
			EncryptionType          string `json:",omitempty"`
			SequenceNumber, ShardId string
		}{st.encryptedAs(s.now()), placed[0].number.String(), placed[0].shard.id})
	}}
}

// readEntry reads a record's members.
func readEntry(in *input) (e entry) {
	key := in.text("PartitionKey", must(partitionKeyRule))
	explicit := in.text("ExplicitHashKey", hashKeyRule)
	raw, ok := in.values["Data"]
	if !ok {
		in.checkPresence("Data", rule{required: true})
		return e
	}
	b64, size, err := blob(raw, new([]byte))
	if err != nil {
		in.refuse(err)
		return e
	}
	e = entry{hash: hashOf([]byte(key)), key: jsonContent(key), base64: b64, size: size + len(key)}
	if explicit != "" {
		if e.hash, ok = parseHashKey(explicit); !ok {
			in.refuse(badHashKey(explicit))
		}
	}
	return e
}

func badHashKey(explicit string) *Error {
	return invalidArgument("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was %s", explicit)
}

func (s *Server) checkOrdering(ordering, stream string) error {
	if ordering == "" {
		return nil
	}
	number, ok := parseSequence(ordering)
	if !ok || number.seconds() > s.now()/1000 {
		return invalidArgument("ExclusiveMinimumSequenceNumber %s used in PutRecord on stream %s under account %s is invalid.",
			ordering, stream, s.options.AccountID)
	}
	return nil
}

// putBatch checks sizes and stores the records of one request.
func (s *Server) putBatch(st *stream, batch []entry, dry bool) ([]placement, error) {
	st.mu.RLock()
	limit := st.maxRecord
	st.mu.RUnlock()
	total := 0
	for i := range batch {
		e := &batch[i]
		total += e.size
		if data := e.dataSize(); data > limit {
			at := "data"
			if len(batch) > 1 {
				at = memberPath(i, "data")
			}
			return nil, refusal("ValidationException", "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]' at '%s' "+
				"failed to satisfy constraint: Member must have length less than or equal to %d", data, data, at, limit)
		}
	}
	switch {
	case total > maxRequest:
		return nil, invalidArgument("Records size exceeds 10 MB limit")
	case dry:
		return nil, dryRun()
	}
	placed, ok, err := st.put(batch, s.now())
	switch {
	case !ok:
		return nil, s.streamNotFound(st.name)
	case err != nil:
		return nil, failure(err)
	}
	for i := range placed {
		if !placed[i].refused {
			s.put.Add(1)
		}
	}
	return placed, nil
}
