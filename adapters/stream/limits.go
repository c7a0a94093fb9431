package stream

import "time"

// What GetRecords says of its size (API reference; specs/kinesis-consumption.md 3).
const (
	// mostData is the most that one answer holds.
	mostData = 10 << 20
	// fullPause is for how long the service refuses to read on behind an answer
	// that had no room for more.
	fullPause = 5 * time.Second
)

// filled reports whether an answer to a call with this limit may have ended for
// want of room, which the service does not say: there was more, fewer records
// came than were asked for, and they are large.
func (a *answer) filled(limit int32) bool {
	return a.behind != 0 && len(a.records) < int(limit) && a.data > mostData/2
}

// filled notes that the service had no room for more.
func (p *pacer) filled(now time.Time) {
	if due := now.Add(fullPause); p.pace.BytesPerSecond > 0 && due.After(p.due) {
		p.due = due
	}
}
