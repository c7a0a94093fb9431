package supervisor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
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
		wrong = append(wrong, w.ofChannel(id, row)...)
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

// ofChannel says what is wrong with a shard's channel: its token is not the
// checkpoint, or it is there though it should be dropped by now, or the other
// way round.
func (w *crashWorld) ofChannel(id messages.ShardID, row *messages.ShardRow) (wrong []string) {
	info := w.cloud.Stream.Info
	name := ChannelName("app", &info, id)
	switch token := w.cloud.Sink.Token(name); {
	case row.DroppedAt != 0 && token == "":
	case row.DroppedAt != 0:
		wrong = append(wrong, fmt.Sprintf("%s: its row says that the channel is dropped, which has the token %q", id, token))
	case w.aged[id]:
		wrong = append(wrong, fmt.Sprintf("%s: ended an hour ago, and its channel is not dropped", id))
	case row.Committed != token:
		wrong = append(wrong, fmt.Sprintf("%s: checkpoint %q, token %q", id, row.Committed, token))
	}
	if row.Final != nil && row.Final.RowsInserted != int64(len(w.want[id])) {
		wrong = append(wrong, fmt.Sprintf("%s: its row keeps that the channel took %d rows, want %d", id, row.Final.RowsInserted, len(w.want[id])))
	}
	return wrong
}
