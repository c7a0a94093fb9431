package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// letters holds the discarded records against the dead letters on file. A
// letter that is there twice, put again after a crash, counts once. More than
// max_per_minute are not kept, so a lack is a finding only where that cannot be
// the cause, and where every node's files can be seen. No ledger tells what
// deadletter.to was when a record was discarded.
func (s *session) letters(ctx context.Context) {
	r := s.report
	if s.Config.DeadLetter.To != config.DeadLetterFile || s.Letters == "" || r.Sums.Discarded == 0 {
		return
	}
	all, bad, err := readLetters(s.Letters)
	if err != nil {
		s.unasked(err, "the dead letters could not be read")
		return
	}
	if bad > 0 {
		s.note("%d lines of the dead letters are no letters", bad)
	}
	sum, judged, ever := int64(0), true, s.discardedEver()
	var lost []Finding // by shard; Rows = 0: none
	for i := range r.Shards {
		sh, h := &r.Shards[i], s.hearings[i]
		kept := all.of(h)
		sum += kept
		lacks := sh.Sums.Discarded - kept
		f := Finding{}
		switch {
		case lacks <= 0:
		case !h.unbounded() && h.bridges():
			judged = false
			s.note("%s: this window's dead letters were not judged; the ledgers have a hole there", sh.Shard)
		case ever > int64(s.Config.DeadLetter.MaxPerMinute):
			s.note("%s: %d discarded records have no dead letter here; deadletter.max_per_minute may have left them out", sh.Shard, lacks)
		case r.Sources.Ledgers < r.Sources.Nodes:
			s.note("%s: %d discarded records have no dead letter here; other nodes may have them", sh.Shard, lacks)
		default:
			f = Finding{
				Kind: LostLetters, Rows: lacks, From: sh.From, To: sh.To,
				Text: fmt.Sprintf("%d records were discarded, %d dead letters are on file: the others were removed, or discarded before deadletter.to was file", sh.Sums.Discarded, kept),
			}
		}
		lost = append(lost, f)
	}
	if s.unbounded() { // of shards that nobody knows any more, too
		sum = all.number()
	}
	if judged {
		r.Sums.Letters = &sum
	}
	if slices.ContainsFunc(lost, func(f Finding) bool { return f.Rows > 0 }) {
		s.leaveOut(ctx, all, lost)
	}
	for i := range lost {
		if lost[i].Rows > 0 {
			r.Shards[i].Findings = append(r.Shards[i].Findings, lost[i])
		}
	}
}

// discardedEver is how many records were discarded, before and after a window,
// too: in the minute that it begins in others may have had all the room.
func (s *session) discardedEver() int64 {
	ever := int64(0)
	for _, row := range s.rows {
		ever += row.Counters.Discarded
	}
	return max(ever, s.report.Sums.Discarded)
}

// leaveOut adds to findings what leaves them out, and no letter that is there.
func (s *session) leaveOut(ctx context.Context, all letters, lost []Finding) {
	var first, since time.Time
	for _, h := range s.hearings {
		_, c, err := s.story(ctx, h.shard)
		if err != nil {
			s.unasked(err, "the ledgers could not be read again")
			return
		}
		for _, b := range c.batches {
			if first.IsZero() || b.At.Before(first) {
				first = b.At
			}
		}
		if at := h.completeAfter(c, all); !at.Before(since) && !at.IsZero() {
			since = at.Add(1)
		}
	}
	if since.IsZero() { // what lacks is before all batches
		since = first
	}
	if since.IsZero() { // there are none
		since = s.report.At
	}
	until := ""
	if !s.Until.IsZero() {
		until = " --until " + s.Until.UTC().Format(time.RFC3339Nano)
	}
	for i := range lost {
		if lost[i].Since = since.UTC(); lost[i].Rows > 0 {
			lost[i].Text += fmt.Sprintf("; kinesnow audit %s --since %s%s leaves them out", s.Connector, since.UTC().Format(time.RFC3339Nano), until)
		}
	}
}

// completeAfter is the time of the last accepted batch that a window has to leave
// out so that no letter lacks in it; zero = none.
func (h *hearing) completeAfter(c *chain, all letters) time.Time {
	complete := func(since time.Time) bool {
		e := h.evidence
		e.chain, e.since = c, since
		window := hear(e)
		return window.discarded() <= all.of(window)
	}
	times := make([]time.Time, len(c.batches))
	for i, b := range c.batches {
		times[i] = b.At
	}
	slices.SortFunc(times, time.Time.Compare)
	n := sort.Search(len(times), func(i int) bool { return complete(times[i]) })
	if n == 0 {
		return time.Time{}
	}
	return times[n-1]
}

// bridges reports whether some of the judged stretch is known by counters alone.
// Those behind it may count records that were discarded behind a window.
func (h *hearing) bridges() bool {
	return slices.ContainsFunc(h.stretches, func(s stretch) bool { return !s.covered })
}

// discarded is how many records of the judged stretch were.
func (h *hearing) discarded() (n int64) {
	for i := range h.stretches {
		n += h.stretches[i].counts.Discarded
	}
	return n
}

// letters are the places of the dead letters on file.
type letters map[messages.ShardID]map[messages.Position]bool

// readLetters reads a folder's, which may be absent; bad is how many lines are none.
func readLetters(folder string) (all letters, bad int, err error) {
	all = letters{}
	strange := 0
	bad, err = deadletter.Walk(folder, func(_ deadletter.Where, l *messages.Letter) bool {
		at, err := l.Position()
		if err != nil {
			strange++
			return true
		}
		if all[l.Shard] == nil {
			all[l.Shard] = map[messages.Position]bool{}
		}
		all[l.Shard][at] = true
		return true
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return all, bad + strange, err
}

func (all letters) number() (n int64) {
	for _, of := range all {
		n += int64(len(of))
	}
	return n
}

// of is how many there are of a shard: of the judged window, if there is one.
func (all letters) of(h *hearing) (n int64) {
	if h.unbounded() {
		return int64(len(all[h.shard]))
	}
	whole := h.whole()
	for at := range all[h.shard] {
		if whole.to.Covers(at) && !whole.from.Covers(at) {
			n++
		}
	}
	return n
}
