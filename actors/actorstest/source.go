package actorstest

import (
	"context"
	"errors"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Source reads one shard from a place on.
type Source struct {
	stream   *Stream
	shard    messages.ShardID
	from     messages.ReadFrom
	position messages.Position // up to which everything was handed on
	next     int               // index of the next record; -1 = the iterator is not made yet
	behind   bool              // the block before was behind the tip
	closed   bool
}

// Open reads a shard from a place on.
func (s *Stream) Open(shard messages.ShardID, from messages.ReadFrom) *Source {
	return &Source{stream: s, shard: shard, from: from, position: from.After, next: -1, behind: true}
}

// Next implements BlockSource.
func (s *Source) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	w := s.stream.cloud
	if s.closed {
		return nil, &messages.Fault{Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "Next", Shard: s.shard, Err: errors.New("read beyond the end")}
	}
	due := time.Now().Add(s.stream.Idle)
	for {
		block, err := call(ctx, &w.script, "Next", s.stream.Latency, func() (*messages.RowBlock, error) { return s.read(room) })
		if err != nil {
			return nil, err
		}
		if len(block.Marks) > 0 || block.Closed || block.CaughtUp() && s.behind || !time.Now().Before(due) {
			s.behind, s.closed = !block.CaughtUp(), block.Closed
			return block, nil
		}
		if err := wait(ctx, s.stream.PollEvery); err != nil {
			return nil, err
		}
	}
}

// Close implements BlockSource.
func (s *Source) Close() {}

// read is one answer of the service.
func (s *Source) read(room int64) (*messages.RowBlock, error) {
	s.stream.cloud.mu.Lock()
	defer s.stream.cloud.mu.Unlock()
	sh := s.stream.shards[s.shard]
	if sh.gone {
		return nil, &messages.Fault{Class: messages.Transient, Reason: messages.ReasonExpired, Op: "Next", Shard: s.shard, Err: errors.New("no such shard"), Complete: true}
	}
	if s.next < 0 {
		if err := s.seek(sh); err != nil {
			return nil, err
		}
	}
	s.next = max(s.next, sh.trimmed)
	block := &messages.RowBlock{After: s.position, At: time.Now()}
	limit := s.stream.Answer
	if limit == 0 {
		limit = 500
	}
	for ; s.next < len(sh.records) && limit > 0 && int64(len(block.NDJSON)) < max(1, room); limit-- {
		render(block, &sh.records[s.next], s.from.After)
		s.next++
	}
	s.position = block.Last()
	switch {
	case s.next < len(sh.records):
		block.Behind = max(time.Millisecond, time.Since(sh.records[s.next].Arrival))
	case !sh.closed.IsZero():
		block.Closed, block.Children = true, sh.children
	}
	return block, nil
}

// seek finds where reading starts (P8, P9).
func (s *Source) seek(sh *shard) error {
	s.next = sh.trimmed
	if !s.from.Anchored() {
		for s.next < len(sh.records) && sh.records[s.next].Arrival.Before(s.from.Time) {
			s.next++
		}
		return nil
	}
	for s.next < len(sh.records) && sh.records[s.next].Seq.Compare(s.from.After.Seq) < 0 {
		s.next++
	}
	missing := &messages.AnchorMissingError{Want: s.from.After, Now: time.Now()}
	switch {
	case s.next == len(sh.records):
		return missing
	case sh.records[s.next].Seq != s.from.After.Seq:
		missing.Found, missing.At = messages.Position{Seq: sh.records[s.next].Seq}, sh.records[s.next].Arrival
		return missing
	}
	return nil
}

// render adds a record's user records to a block, without those up to after.
func render(block *messages.RowBlock, r *Record, after messages.Position) {
	whole, over := messages.Position{Seq: r.Seq, Sub: messages.Whole}, messages.Position{Seq: r.Seq, Sub: int64(len(r.Users)) - 1}
	if !after.Covers(whole) && (len(r.Users) == 0 || after.Covers(over)) {
		block.Marks = append(block.Marks, messages.Mark{Seq: r.Seq, End: len(block.NDJSON), Arrival: r.Arrival.UnixMilli(), Last: true, Fate: messages.Hollow})
	}
	for sub := range r.Users {
		if after.Covers(messages.Position{Seq: r.Seq, Sub: int64(sub)}) {
			continue
		}
		for _, row := range r.rows(sub) {
			block.NDJSON = append(append(block.NDJSON, row...), '\n')
		}
		u := r.Users[sub]
		if u.Key != "" && u.Rows > 0 { // whether or not somebody has added a column
			seen := messages.KeySeen{Name: u.Key, Kinds: messages.NestedValue, Count: int64(u.Rows)}
			block.Unmatched = block.Unmatched.Merge(&messages.Unmatched{Keys: []messages.KeySeen{seen}, Values: seen.Count})
		}
		block.Marks = append(block.Marks, messages.Mark{
			Seq: r.Seq, Sub: int64(sub), End: len(block.NDJSON), Arrival: r.Arrival.UnixMilli(), Rows: int32(u.Rows),
			Last: sub == len(r.Users)-1, Fate: u.Fate,
		})
		if u.Fate == messages.Discarded && block.Cause == "" {
			block.Cause = "scripted"
		}
	}
}
