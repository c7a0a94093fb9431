package supervisor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// demand holds the end of a scenario to what is written there by hand:
//
//	starts 0 after 99/* from token   how a generation was begun; the first, unless there are more such lines
//	stops 0 TOKEN_LOST               the shard was parked
//	gap 0 99/* 102/0                 reported; no other may be
//	faulted 0 stalled                a generation ended for this reason; none may for one that is not named
//	batch 0 10                       so many records went in one append
//	letters 0 100                    dead letters; or: letters none
//	table 0 95..104                  exactly these records' rows are in the table, once and in order
//	ended 0                          SHARD_END is in the row
//	counted 0 10 9                   the row's counters: records read, rows committed
//	unseen 0                         the shard has no row
//
// Beside that, every record that is not in the table must be accounted for, no
// rule may have been broken, and what was to go wrong must have gone wrong.
func (r *stage) demand(lines, log []string) {
	r.t.Helper()
	starts, gaps, faults := map[string]int{}, []string{}, map[string]bool{}
	tables, letters, began := map[messages.ShardID]bool{}, []string{}, 0
	for _, line := range lines {
		words := strings.Fields(line)
		switch words[0] {
		case "starts":
			began++
			starts[words[1]]++
			want := strings.Join(words[2:], " ")
			if got := opened(log, words[1], starts[words[1]]); got != want {
				r.t.Errorf("%s: the start was %q", line, got)
			}
		case "stops":
			began++
			r.demandLine(line, log, words[1]+" parked "+words[2]+":")
		case "gap":
			gaps = append(gaps, fmt.Sprintf("%s gap_detected %s to %s,", words[1], words[2], words[3]))
		case "faulted":
			faults[words[1]+" "+words[2]] = true
			r.demandLine(line, log, words[1]+" faulted", ", "+words[2]+": ")
		case "batch":
			r.demandLine(line, log, words[1]+" batch_appended", ": "+words[2]+" records")
		case "letters":
			if words[1] != "none" {
				for _, seq := range words[2:] {
					letters = append(letters, words[1]+" "+seq)
				}
			} else {
				letters = append(letters, "none")
			}
		case "table":
			tables[shardNamed(words[1])] = true
			r.demandTable(line, shardNamed(words[1]), words[2])
		case "ended":
			if row := r.cloud.Table.Row(shardNamed(words[1])); row == nil || !row.Ended {
				r.t.Errorf("%s: the row is %+v", line, row)
			}
		case "counted":
			row := r.cloud.Table.Row(shardNamed(words[1]))
			if got := fmt.Sprint(row.Counters.Read, row.Counters.Committed); got != words[2]+" "+words[3] {
				r.t.Errorf("%s: the row counts %+v", line, row.Counters)
			}
		case "unseen":
			began++
			if row := r.cloud.Table.Row(shardNamed(words[1])); row != nil {
				r.t.Errorf("%s: the row is %+v", line, row)
			}
		default:
			r.t.Errorf("no such line: %s", line)
		}
	}
	r.demandLetters(letters)
	r.demandGaps(gaps, log)
	for _, line := range log {
		f := strings.Fields(line)
		if f[1] == "faulted" && !faults[f[0]+" "+strings.TrimSuffix(f[5], ":")] {
			r.t.Errorf("a generation ended, and nothing says so: %s", line)
		}
	}
	if began == 0 {
		r.t.Error("no line says how the shard started or stopped")
	}
	for _, id := range r.shards() {
		if len(r.cloud.Stream.Records(id)) > 0 && !tables[id] {
			r.t.Errorf("no line says what the table holds of %s", id)
		}
	}
	for _, text := range r.cloud.Problems() {
		r.t.Error(text)
	}
	if r.played != r.asked {
		r.t.Errorf("%d of %d calls went wrong as they should", r.played, r.asked)
	}
}

// demandLine looks for a line of the log with these parts.
func (r *stage) demandLine(line string, log []string, parts ...string) {
	r.t.Helper()
	if !slices.ContainsFunc(log, func(l string) bool {
		return strings.HasPrefix(l, parts[0]) && !slices.ContainsFunc(parts[1:], func(p string) bool { return !strings.Contains(l, p) })
	}) {
		r.t.Errorf("%s: it did not happen", line)
	}
}

// opened is how the n-th generation of a shard started: after P from SOURCE.
func opened(log []string, shard string, n int) string {
	for _, l := range log {
		if strings.HasPrefix(l, shard+" opened ") {
			if n--; n == 0 {
				_, text, _ := strings.Cut(l, ": ")
				text, _, _ = strings.Cut(text, " (")
				return text
			}
		}
	}
	return ""
}

// demandTable compares a shard's rows in the table with a range of records, and
// asks of every other record where it is.
func (r *stage) demandTable(line string, id messages.ShardID, span string) {
	r.t.Helper()
	var want []string
	first, last, _ := strings.Cut(span, "..")
	inside := func(rec *actorstest.Record) bool {
		return span != "nothing" && rec.Seq.Compare(messages.SequenceNumber(first)) >= 0 && rec.Seq.Compare(messages.SequenceNumber(last)) <= 0
	}
	for i, rec := range r.cloud.Stream.Records(id) {
		missing := r.excused(id, i, &rec)
		switch {
		case !inside(&rec) && missing == "":
			r.t.Errorf("%s: record %s is nowhere, and nothing says why", line, rec.Seq)
		case inside(&rec) && strings.Contains(missing, "the start"):
			r.t.Errorf("%s: record %s %s", line, rec.Seq, missing)
		case inside(&rec) && missing == "":
			want = append(want, rec.RowsOf()...)
		}
	}
	if got := r.cloud.Sink.Rows(id); !slices.Equal(got, want) {
		r.t.Errorf("%s: the table holds %v, want %v", line, got, want)
	}
}

// excused says why a record is not in the table, "" if it must be.
func (r *stage) excused(id messages.ShardID, index int, rec *actorstest.Record) string {
	at := messages.Position{Seq: rec.Seq, Sub: 0}
	expired := index < r.cloud.Stream.Trimmed(id)
	for _, g := range r.gaps {
		if g.Shard == id && expired && at.Compare(g.From) > 0 && (g.To.IsZero() || at.Compare(g.To) < 0) {
			return "reported as lost"
		}
	}
	for _, l := range r.letters {
		if l.Shard == id && l.Seq == string(rec.Seq) {
			return "a dead letter"
		}
	}
	row := r.cloud.Table.Row(id)
	start := r.cloud.Table.Start()
	switch {
	case row == nil:
		return "ended before the start"
	case start != nil && rec.Arrival.Before(start.Timestamp):
		return "arrived before the start"
	case expired && row.Counters.Read < int64(len(r.cloud.Stream.Records(id))) && slices.Contains(r.horizon, id):
		return "expired before the start"
	}
	return ""
}

func (r *stage) demandLetters(want []string) {
	r.t.Helper()
	var got []string
	for _, l := range r.letters {
		if text := shardNumber(l.Shard) + " " + l.Seq; !slices.Contains(got, text) {
			got = append(got, text)
		}
	}
	slices.Sort(got)
	if len(got) == 0 {
		got = []string{"none"}
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("dead letters %v, want %v (none is said, too)", got, want)
	}
}

// demandGaps compares the gaps that were reported with those that are named,
// and with what really expired.
func (r *stage) demandGaps(want, log []string) {
	r.t.Helper()
	var got []string
	for _, l := range log {
		if strings.Contains(l, " gap_detected ") {
			got = append(got, strings.Join(strings.Fields(l)[:5], " "))
		}
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("gaps %v, want %v", got, want)
	}
	for _, g := range r.gaps {
		lost := 0
		for i, rec := range r.cloud.Stream.Records(g.Shard) {
			if at := (messages.Position{Seq: rec.Seq}); i < r.cloud.Stream.Trimmed(g.Shard) && at.Compare(g.From) > 0 {
				lost++
			}
		}
		if lost == 0 {
			r.t.Errorf("a gap after %s is reported, and nothing is lost", g.From)
		}
	}
}

// note keeps what demand asks of the ledger beside its words.
func (r *stage) note() {
	for _, id := range r.shards() {
		for _, n := range r.nodes {
			_ = r.disks[n.name].Read(r.t.Context(), actors.ShardStream(id), 0, func(e messages.Entry) bool {
				switch e, _ := messages.Decode(e.Kind, e.Body); e := e.(type) {
				case *messages.GapDetected:
					r.gaps = append(r.gaps, e)
				case *messages.Opened:
					if e.Start.IsZero() {
						r.horizon = append(r.horizon, id)
					}
				}
				return true
			})
		}
	}
}
