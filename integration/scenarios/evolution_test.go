package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// wide is an object with N and so many members more, named after a prefix.
func wide(n int, prefix string, members int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"N":%d`, n)
	for i := range members {
		fmt.Fprintf(&b, `,"%s_%d":%d`, prefix, i, i)
	}
	return []byte(b.String() + "}")
}

// TestARecordThatNoTableCanTakeIsFoundByHalving puts records that evolution
// refuses among good ones: Snowflake accepts the append, and invalidates the
// channel afterwards (P13).
func TestARecordThatNoTableCanTakeIsFoundByHalving(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 3)
	at := []messages.Position{w.putRaw(0, wide(-1, "col", 150))}
	w.putOn(0, 2)
	at = append(at, w.putRaw(0, fmt.Appendf(nil, `{"N":-2,%q:1}`, strings.Repeat("k", 300))))
	w.putOn(0, 2)
	box := &letterBox{}
	c := w.connect(box.install)
	s := c.untilCaughtUp(7)
	w.expect("", between(0, 7)...)
	got := box.all()
	if len(got) != 2 || got[0].Seq != string(at[0].Seq) || got[1].Seq != string(at[1].Seq) {
		t.Fatalf("dead letters %+v, want the two that no table can take", got)
	}
	for _, l := range got {
		if !strings.Contains(strings.ToLower(l.Cause), "evolution") {
			t.Errorf("a letter's cause is %q", l.Cause)
		}
	}
	if ends := s.Shards[0].Ends; len(ends) != 1 || ends[messages.ReasonOverflow] == 0 {
		t.Errorf("generations ended %v", ends)
	}
}

// TestRecordsThatTogetherAskTooMuchLandApart: each of them adds few columns.
func TestRecordsThatTogetherAskTooMuchLandApart(t *testing.T) {
	w := newWorld(t, 1)
	for i := range 5 {
		w.putRaw(0, wide(i, fmt.Sprint("part", i), 30))
	}
	w.put = 5
	box := &letterBox{}
	c := w.connect(box.install)
	c.untilCaughtUp(5)
	w.expect("", between(0, 5)...)
	w.expect("PART4_29 = 29", 4)
	if got := box.all(); len(got) > 0 {
		t.Errorf("dead letters: %s", got[0].Cause)
	}
}
