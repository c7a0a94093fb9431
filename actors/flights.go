package actors

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// flight is a batch that was accepted and is not known to be committed: its
// bytes are gone, only this stays (P15).
type flight struct {
	end    messages.Token
	counts messages.Counters
	raw    int64
	oldest int64 // arrival of its oldest record, ms; 0 = unknown
	at     time.Time
}

// flights are the batches of one opening between acceptance and commit, and
// the newest position known to be committed.
type flights struct {
	list  []flight
	bytes int64
	token messages.Position // T as last read back
	ever  bool              // a batch was accepted in this opening
}

// begin notes the opening's own token.
func (f *flights) begin(token messages.Position) { f.token = token }

func (f *flights) add(b flight) {
	f.list, f.bytes, f.ever = append(f.list, b), f.bytes+b.raw, true
}

// commit removes the batches that a token covers. It reports false when the
// token is neither the newest one known nor a batch end of this opening: then
// somebody else writes to the channel (P16).
func (f *flights) commit(token messages.Position) (done []flight, ok bool) {
	if token == f.token {
		return nil, true
	}
	for i := range f.list {
		if f.list[i].end.Position == token {
			done = append([]flight(nil), f.list[:i+1]...)
			f.list = append(f.list[:0], f.list[i+1:]...)
			f.token = token
			for _, d := range done {
				f.bytes -= d.raw
			}
			return done, true
		}
	}
	return nil, token.Compare(f.token) < 0 && !token.IsZero() && f.ever // an older answer overtaken by a newer one
}

// full reports whether nothing may be added before a commit: too many bytes, or
// the oldest batch has waited for too long (P15).
func (f *flights) full(now time.Time) bool {
	return f.bytes >= uncommittedMax || !f.empty() && now.Sub(f.list[0].at) >= commitStall
}

func (f *flights) empty() bool { return len(f.list) == 0 }

func (f *flights) raw() int64                   { return f.bytes }
func (f *flights) committed() messages.Position { return f.token }
func (f *flights) oldest() flight               { return f.list[0] }

func (f *flights) oldestArrival() int64 {
	if f.empty() {
		return 0
	}
	return f.list[0].oldest
}

// end is the last position that was accepted.
func (f *flights) end() messages.Position {
	if f.empty() {
		return f.token
	}
	return f.list[len(f.list)-1].end.Position
}

func (f *flights) records() (n int) {
	for _, b := range f.list {
		n += int(b.counts.Read)
	}
	return n
}
