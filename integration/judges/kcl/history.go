package kcl

import (
	"fmt"
	"strings"
)

// said is one line of a worker.
type said struct {
	Worker     string
	Event      string // started, record, checkpoint, held, unable, ended, lost, requested, stopped
	Shard      string
	Sequence   string
	Sub        int64
	Aggregated bool
	Key        []byte
	Hash       string
	Data       []byte
	Arrival    int64 // ms since the epoch
	Why        string
	Graceful   bool
}

func (e said) record() userRecord {
	return userRecord{Sequence: e.Sequence, Sub: e.Sub, Aggregated: e.Aggregated, Key: string(e.Key), Hash: e.Hash, Data: string(e.Data)}
}

// place is where a checkpoint stands.
type place struct {
	sequence string
	sub      int64
}

const (
	beginning = "TRIM_HORIZON"
	shardEnd  = "SHARD_END"
)

// history is the workers' story, held against the input: for every shard a
// session after the other, each going on behind the last checkpoint, none
// leaving out, repeating or changing a record, until the shard's end.
type history struct {
	want    map[string][]userRecord
	parents map[string][]string // of a shard

	at       map[string]int             // in want[shard], of the running session
	begun    map[string]string          // worker of the running session, by shard
	checked  map[string]place           // last checkpoint, by shard
	seen     map[string]map[int]bool    // records delivered, by shard
	sessions map[string]map[string]bool // shards of a worker
	repeated int                        // deliveries of a record after the first
	unsaved  int                        // deliveries that a session's end left behind its last checkpoint
	middle   int                        // sessions that began inside of an aggregate

	gaps, resumes, families []string // what was wrong
}

func newHistory(want map[string][]userRecord, parents map[string][]string) *history {
	return &history{
		want: want, parents: parents, at: map[string]int{}, begun: map[string]string{}, checked: map[string]place{},
		seen: map[string]map[int]bool{}, sessions: map[string]map[string]bool{},
	}
}

// tell takes the events in the order they were said.
func (h *history) tell(events []said) {
	for _, e := range events {
		switch e.Event {
		case "started":
			h.start(e)
		case "record":
			h.deliver(e)
		case "checkpoint":
			h.check(e)
		case "ended":
			if n := h.at[e.Shard]; n != len(h.want[e.Shard]) {
				h.gaps = append(h.gaps, fmt.Sprintf("%s ended after %d of %d records", e.Shard, n, len(h.want[e.Shard])))
			}
			h.checked[e.Shard] = place{sequence: shardEnd}
		}
	}
}

func (h *history) start(e said) {
	for _, parent := range h.parents[e.Shard] {
		if h.checked[parent].sequence != shardEnd {
			h.families = append(h.families, fmt.Sprintf("%s began before its parent %s ended", e.Shard, parent))
		}
	}
	last, ok := h.checked[e.Shard]
	if !ok {
		last = place{sequence: beginning}
	}
	if e.Sequence != last.sequence || e.Sub != last.sub {
		h.resumes = append(h.resumes, fmt.Sprintf("%s began %s at %s/%d, the last checkpoint is %s/%d", e.Worker, e.Shard, e.Sequence, e.Sub, last.sequence, last.sub))
	}
	left := h.at[e.Shard]
	h.at[e.Shard] = 0
	for i, r := range h.want[e.Shard] {
		if r.Sequence == last.sequence && r.Sub == last.sub {
			h.at[e.Shard] = i + 1
			if next := i + 1; next < len(h.want[e.Shard]) && h.want[e.Shard][next].Sequence == r.Sequence {
				h.middle++
			}
		}
	}
	h.unsaved += left - h.at[e.Shard]
	h.begun[e.Shard] = e.Worker
	if h.sessions[e.Worker] == nil {
		h.sessions[e.Worker] = map[string]bool{}
	}
	h.sessions[e.Worker][e.Shard] = true
}

func (h *history) deliver(e said) {
	at, want := h.at[e.Shard], h.want[e.Shard]
	switch {
	case h.begun[e.Shard] != e.Worker:
		h.gaps = append(h.gaps, fmt.Sprintf("%s reads %s while %s does", e.Worker, e.Shard, h.begun[e.Shard]))
		return
	case at >= len(want):
		h.gaps = append(h.gaps, fmt.Sprintf("%s of %s was not put or comes twice", e.record(), e.Shard))
		return
	case e.record() != want[at]:
		h.gaps = append(h.gaps, fmt.Sprintf("%s of %s comes instead of %s", e.record(), e.Shard, want[at]))
	}
	if h.seen[e.Shard] == nil {
		h.seen[e.Shard] = map[int]bool{}
	}
	if h.seen[e.Shard][at] {
		h.repeated++
	}
	h.seen[e.Shard][at] = true
	h.at[e.Shard]++
}

func (h *history) check(e said) {
	at := h.at[e.Shard]
	if h.begun[e.Shard] != e.Worker || at == 0 || len(h.want[e.Shard]) < at {
		h.resumes = append(h.resumes, fmt.Sprintf("%s checkpoints %s, which it does not read", e.Worker, e.Shard))
		return
	}
	h.checked[e.Shard] = place{e.Sequence, e.Sub}
}

// missing counts what was put and never delivered.
func (h *history) missing() (n int) {
	for shard, want := range h.want {
		n += len(want) - len(h.seen[shard])
	}
	return n
}

// first is the first of several complaints, and how many there are.
func first(complaints []string) string {
	if len(complaints) == 0 {
		return "none wrong"
	}
	return fmt.Sprintf("%d wrong, e.g. %s", len(complaints), strings.TrimSpace(complaints[0]))
}
