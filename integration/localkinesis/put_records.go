package localkinesis

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"unicode/utf8"
)

// PutRecords: at most 500 records and 10 MiB, keys included, into as many
// shards. A record whose shard is over its rate fails alone, with an ErrorCode
// in its place. This is the one request that is read without building a map:
// it is most of what a server sees.

const (
	maxRecords = 500
	maxRequest = 10 << 20 // bytes of data and partition keys
)

// batches reuses the memory of a request's records.
var batches = sync.Pool{New: func() any { return new(batch) }}

type batch struct {
	entries []entry
	scratch []byte // for decoding base64
}

func (s *Server) putRecords(in *input) call {
	name := s.streamName(in)
	dry := in.truth("DryRun")
	raw, ok := in.values["Records"]
	if !ok {
		in.checkPresence("Records", rule{required: true})
		return call{key: name}
	}
	b := batches.Get().(*batch)
	if err := b.read(raw, in); err != nil {
		in.refuse(err)
	}
	return call{key: name, serve: func() (answer, error) {
		defer batches.Put(b)
		st, err := s.stream(name)
		if err != nil {
			return answer{}, err
		}
		placed, err := s.putBatch(st, b.entries, dry)
		if err != nil {
			return answer{}, err
		}
		return answer{head: s.encodePlacements(placed, st)}, nil
	}}
}

// read takes the records out of the raw array. What they hold stays in the
// request's body.
func (b *batch) read(raw []byte, in *input) *Error {
	b.entries = b.entries[:0]
	if raw[0] != '[' {
		return serialization("Expected list or null")
	}
	var refused *Error
	count := 0
	err := elements(raw, func(value []byte) error {
		if count++; count > maxRecords {
			return nil
		}
		if refused = b.readRecord(value, in); refused != nil {
			return refused
		}
		return nil
	})
	switch {
	case refused != nil:
		return refused
	case err != nil:
		return serialization("%v", err)
	case count == 0:
		in.report("Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case count > maxRecords:
		in.report(fmt.Sprintf("Value '[%d records]' at 'records' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", count, maxRecords))
	}
	return nil
}

func (b *batch) readRecord(value []byte, in *input) (refused *Error) {
	if value[0] != '{' {
		return serialization("Expected null")
	}
	var data, key, explicit []byte
	err := members(value, func(name, v []byte) error {
		switch string(name) {
		case "Data":
			data = v
		case "PartitionKey":
			key = v
		case "ExplicitHashKey":
			explicit = v
		}
		return nil
	})
	if err != nil {
		return serialization("%v", err)
	}
	if isPlainKey(key) && explicit == nil && data != nil && data[0] == '"' {
		text := key[1 : len(key)-1]
		b64, size, refused := blob(data, &b.scratch)
		if refused == nil {
			b.entries = append(b.entries, entry{hash: hashOf(text), key: text, base64: b64, size: size + len(text)})
		}
		return refused
	}
	return b.readUnusual(in, data, key, explicit)
}

// isPlainKey reports whether a raw member is a partition key that needs no
// decoding and breaks no rule.
func isPlainKey(raw []byte) bool {
	if len(raw) < 3 || len(raw) > 2+partitionKeyRule.max || raw[0] != '"' {
		return false
	}
	text := raw[1 : len(raw)-1]
	return plain(text) && utf8.Valid(text)
}

// readUnusual reads a record with all that may be missing, wrong or escaped.
func (b *batch) readUnusual(in *input, data, key, explicit []byte) *Error {
	record := &input{path: memberPath(len(b.entries), ""), values: map[string][]byte{}, violations: in.violations, mistyped: in.mistyped}
	for name, value := range map[string][]byte{"Data": data, "PartitionKey": key, "ExplicitHashKey": explicit} {
		if value != nil && !bytes.Equal(value, []byte("null")) {
			record.values[name] = value
		}
	}
	b.entries = append(b.entries, readEntry(record))
	return nil
}

// memberPath names a member of the i-th record as the service does, from 1.
func memberPath(i int, name string) string { return "records." + strconv.Itoa(i+1) + ".member." + name }

// encodePlacements writes the answer, one entry for each record in order.
func (s *Server) encodePlacements(placed []placement, st *stream) []byte {
	b := make([]byte, 0, 32+130*len(placed))
	failed := 0
	for i := range placed {
		if placed[i].refused {
			failed++
		}
	}
	b = append(b, '{')
	if kind := st.encryptedAs(s.now()); kind != "" {
		b = append(b, `"EncryptionType":"`+kind+`",`...)
	}
	b = strconv.AppendInt(append(b, `"FailedRecordCount":`...), int64(failed), 10)
	b = append(b, `,"Records":[`...)
	for i, p := range placed {
		if i > 0 {
			b = append(b, ',')
		}
		if p.refused {
			e := s.rateExceeded(p.shard, st) // its words need no escaping
			b = append(b, `{"ErrorCode":"`+e.Code+`","ErrorMessage":"`+e.Message+`"}`...)
			continue
		}
		b = p.number.append(append(b, `{"SequenceNumber":"`...))
		b = append(append(append(b, `","ShardId":"`...), p.shard.id...), `"}`...)
	}
	return append(b, "]}"...)
}
