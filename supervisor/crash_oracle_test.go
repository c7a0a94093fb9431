package supervisor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// settle waits until everything is as it must be, or too long, and says what
// is not.
func (w *crashWorld) settle(began time.Time) (wrong []string) {
	for time.Since(w.since(began)) < crashBound {
		if wrong = w.missing(); len(wrong) == 0 && !w.awaited() {
			break
		}
		w.wait(200 * time.Millisecond)
	}
	if w.serial.circles() {
		wrong = append(wrong, "messages go in circles")
	}
	return append(wrong, w.cloud.Problems()...)
}

// awaited reports whether a node is to be back, or has only just begun.
func (w *crashWorld) awaited() bool {
	for _, n := range w.nodes {
		if n.back.Load() > 0 || !n.dead.Load() && time.Since(n.born) < crashSettled {
			return true
		}
	}
	return false
}

// missing says what is not there yet, or there too often.
func (w *crashWorld) missing() (wrong []string) {
	for id, want := range w.want {
		if got := w.cloud.Sink.Rows(id); !slices.Equal(got, want) {
			wrong = append(wrong, fmt.Sprintf("%s: rows %v, want %v", id, got, want))
			continue
		}
		row := w.cloud.Table.Row(id)
		if row == nil {
			wrong = append(wrong, fmt.Sprintf("%s has no row", id))
			continue
		}
		if ended := w.cloud.Stream.Closed(id); row.Ended != ended {
			wrong = append(wrong, fmt.Sprintf("%s: SHARD_END is %v, want %v", id, row.Ended, ended))
		}
		info := w.cloud.Stream.Info
		if token := w.cloud.Sink.Token(ChannelName("app", &info, id)); row.Committed != token {
			wrong = append(wrong, fmt.Sprintf("%s: checkpoint %q, token %q", id, row.Committed, token))
		}
		told := *w.told[id]
		told.Appended, told.Committed, told.Digest = int64(len(want)), int64(len(want)), row.Counters.Digest
		if row.Counters != told {
			wrong = append(wrong, fmt.Sprintf("%s: counters %+v, want %+v", id, row.Counters, told))
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	buried := map[string]bool{}
	for _, l := range w.letters {
		buried[string(l.Shard)+l.Seq] = true
		if !isPoison(strings.TrimSuffix(string(l.Payload), "\n")) {
			wrong = append(wrong, fmt.Sprintf("record %s of %s is with the dead letters: %s", l.Seq, l.Shard, l.Cause))
		}
	}
	if len(buried) != w.poisoned {
		wrong = append(wrong, fmt.Sprintf("%d records are with the dead letters, want %d", len(buried), w.poisoned))
	}
	return wrong
}
