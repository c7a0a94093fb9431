package replay

import (
	"bytes"
	"context"
	"fmt"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/payload"
	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// maxPlan bounds the rows of one plan; what is left makes another.
const maxPlan = 256 << 20

// sieve finds out which letters can become rows now.
type sieve struct {
	stream string
	width  int
	path   *payload.Path
	passed map[messages.ShardID]messages.Position // up to which the live flow will not come back; nil = no matter
	rows   map[messages.ShardID]*rows.Renderer
}

func newSieve(ctx context.Context, cfg supervisor.Config, live bool, o Options) (*sieve, error) {
	s := &sieve{
		stream: cfg.Kinesis.StreamName(), width: cfg.Payload.ShardedSequenceWidth, path: payload.New(nil, o.Host.Transform),
		rows: map[messages.ShardID]*rows.Renderer{},
	}
	if !live {
		return s, nil
	}
	leases, err := access.Table(cfg, access.Lent(o.Host.AWS, cfg.AWS)).Rows(ctx)
	if err != nil {
		return nil, err
	}
	s.passed = map[messages.ShardID]messages.Position{}
	for i := range leases.Shards {
		row := &leases.Shards[i]
		s.passed[row.Shard] = row.Newest()
	}
	return s, nil
}

// early reports whether the live flow may still come to a letter's record: it was
// put, and what covers it was not written yet (P17). Read again, it may become a
// row by itself.
func (s *sieve) early(e *entry) bool {
	return s.passed != nil && !s.passed[e.shard].Covers(e.at)
}

// sift makes a letter's rows. cause says why it still makes none.
func (s *sieve) sift(l *messages.Letter, at messages.Position) (sent *deadletter.Sent, cause string) {
	sent = &deadletter.Sent{Shard: l.Shard, Seq: l.Seq, Sub: l.Sub}
	if !l.Arrival.IsZero() {
		sent.Arrival = l.Arrival.UnixMilli()
	}
	if l.Rendered { // the channel says whether it takes them now
		sent.NDJSON, sent.Rows = l.Payload, bytes.Count(l.Payload, []byte("\n"))
		if len(l.Payload) > messages.MaxRawBytes || sent.Rows == 0 {
			return nil, l.Cause
		}
		return sent, ""
	}
	var name []byte
	if l.PartitionKey != "" {
		name = []byte(l.PartitionKey)
	}
	objects, fate, err := s.path.Apply(messages.Record{
		Stream: s.stream, Shard: l.Shard, Position: at, PartitionKey: l.PartitionKey, Arrival: l.Arrival,
	}, bytes.Clone(l.Payload))
	if err == nil && fate == messages.Filtered {
		sent.Filtered = true
		return sent, ""
	}
	if err == nil {
		mark := &messages.Mark{Seq: at.Seq, Sub: at.Sub, Arrival: sent.Arrival}
		sent.NDJSON, sent.Rows, err = s.renderer(l.Shard).Append(nil, objects, mark, name)
	}
	if err != nil {
		return nil, err.Error()
	}
	return sent, ""
}

func (s *sieve) renderer(shard messages.ShardID) *rows.Renderer {
	r := s.rows[shard]
	if r == nil {
		r = rows.NewRenderer(s.stream, shard, s.width)
		s.rows[shard] = r
	}
	return r
}

// sifted is what a look at the letters found.
type sifted struct {
	letters, rows, filtered int64 // that can be sent
	early, foreign          int64 // that the live flow has not passed; that are of another stream
	still                   int64 // that still make no row
	more                    bool  // the plan is full
	next                    int   // entry to go on with
}

// each sifts the letters that were chosen and not sent into a table yet, from
// the first-th entry on, and yields those that make rows now.
func (s *shelf) each(v *sieve, c Choice, target string, first int, yield func(*deadletter.Sent) error) (found sifted, err error) {
	size := 0
	for found.next = first; found.next < len(s.entries); found.next++ {
		e := s.entries[found.next]
		switch {
		case !e.chosen(c), e.into(target):
			continue
		case e.stream != v.stream:
			found.foreign++
			continue
		case v.early(e):
			found.early++
			continue
		}
		if found.more = size >= maxPlan; found.more {
			return found, nil
		}
		letter, err := deadletter.At(s.dir, e.where)
		if err != nil {
			return found, err
		}
		sent, cause := v.sift(letter, e.at)
		if sent == nil {
			e.cause, e.refused = cause, ""
			found.still++
			continue
		}
		if err := yield(sent); err != nil {
			return found, fmt.Errorf("%s %s: %w", e.shard, e.at, err)
		}
		e.ready = true
		size += len(sent.NDJSON)
		found.letters, found.rows = found.letters+1, found.rows+int64(sent.Rows)
		if sent.Filtered {
			found.filtered++
		}
	}
	return found, nil
}
