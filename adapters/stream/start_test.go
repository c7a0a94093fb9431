package stream_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

func TestAResumeReadsItsAnchorAndHandsOnWhatFollows(t *testing.T) {
	w := newWorld(t, 1)
	seqs := w.put(objects(5)...)
	got, _ := w.read(w.open(messages.ReadFrom{After: at(seqs[1])}), at(seqs[1]), 3)
	if !slices.Equal(got, seqs[2:]) {
		t.Errorf("read %v, want %v", got, seqs[2:])
	}
}

func TestAResumeAtTheTipIsCaughtUpOnceItsAnchorWasSeen(t *testing.T) {
	w := newWorld(t, 1)
	p := at(w.put(`{}`)[0])
	s := w.open(messages.ReadFrom{After: p})
	if b := w.next(s); len(b.Marks) != 0 || !b.CaughtUp() || b.Last() != p {
		t.Errorf("block %+v", b)
	}
	late := w.put(`{}`)
	if got, _ := w.read(s, p, 1); !slices.Equal(got, late) {
		t.Errorf("read %v, want %v", got, late)
	}
}

func TestAMissingAnchorIsNeverPassedSilently(t *testing.T) {
	invalid := fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "InvalidArgumentException", Message: "StartingSequenceNumber"}}
	for _, c := range []struct {
		name   string
		effect fault.Effect
		late   bool // a record is there behind the gap
	}{
		{"another record is first", fault.Effect{}, true},
		{"nothing is there and nothing is behind", fault.Effect{}, false},
		{"the iterator is refused", invalid, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1)
			p := at(w.put(`{"a":1}`, `{"b":1}`)[0])
			w.clock.move(25 * time.Hour) // past the retention
			var late []messages.SequenceNumber
			if c.late {
				late = w.put(`{"c":1}`)
			}
			w.Faults().Set("GetShardIterator", fault.Times(1, fault.Always(c.effect)))
			_, err := w.open(messages.ReadFrom{After: p}).Next(t.Context(), 1<<20)
			var missing *messages.AnchorMissingError
			if !errors.As(err, &missing) || missing.Want != p || missing.Now.Unix() != w.clock.now().Unix() {
				t.Fatalf("error %v", err)
			}
			if c.late && c.effect.Refuse == nil && (missing.Found.Seq != late[0] || !missing.At.Equal(w.clock.now())) {
				t.Errorf("found %v at %v", missing.Found, missing.At)
			}
			if !c.late && !missing.Found.IsZero() {
				t.Errorf("found %v", missing.Found)
			}
			for _, from := range []messages.ReadFrom{
				{After: p, Unanchored: true},
				{After: p, Unanchored: true, Time: w.clock.now().Add(-time.Hour)},
			} {
				s := w.open(from)
				if got, _ := w.read(s, p, len(late)); !slices.Equal(got, late) {
					t.Errorf("%v read %v, want %v", from, got, late)
				}
			}
		})
	}
}

func TestAnUnanchoredStartDropsWhatItsPositionCovers(t *testing.T) {
	w := newWorld(t, 1)
	seqs := w.put(objects(5)...)
	from := messages.ReadFrom{After: at(seqs[2]), Unanchored: true}
	if got, _ := w.read(w.open(from), from.After, 2); !slices.Equal(got, seqs[3:]) {
		t.Errorf("read %v, want %v", got, seqs[3:])
	}
}

func TestATimeStartsAtTheFirstRecordFromThenOn(t *testing.T) {
	w := newWorld(t, 1)
	w.put(`{"old":1}`)
	w.clock.move(1500 * time.Millisecond)
	want := w.put(`{"new":1}`)
	if got, _ := w.read(w.open(messages.ReadFrom{Time: w.clock.now().Add(-time.Millisecond)}), messages.Position{}, 1); !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
