package history

import (
	"cmp"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// epochs gives every line of one node the epoch of the lease that it happened
// under. What carries none happened under the one before it.
func epochs(lines []Line) {
	slices.SortStableFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) })
	current := int64(0)
	for i := range lines {
		switch e := lines[i].Event.(type) {
		case *messages.LeaseTaken:
			current = e.Epoch
		case *messages.Opened:
			current = e.Epoch
		case *messages.Checkpointed:
			current = max(current, e.Epoch)
		case *messages.LeaseDropped:
			lines[i].Epoch = e.Epoch
			continue
		case *messages.ShardDiscovered:
			continue // whoever finds it need not be who takes it
		}
		lines[i].Epoch = current
	}
}

// order puts the nodes' lines into one story: by epoch, for one lease follows
// the other whatever the clocks say, and by time within.
func (h *History) order() {
	slices.SortStableFunc(h.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), a.At.Compare(b.At))
	})
	var last *Line // that gave the lease up
	for i := range h.Lines {
		l := &h.Lines[i]
		switch e := l.Event.(type) {
		case *messages.LeaseDropped:
			last = l
		case *messages.LeaseTaken:
			if last != nil && last.Node != l.Node && e.From == "" && last.Event.(*messages.LeaseDropped).Why == "released" {
				l.Text += ", which " + last.Node + " handed over"
			}
			last = nil
		}
	}
}

// backwards is how far the clocks of the nodes disagree, as far as the story
// shows: how far it goes back in time from one line to the next.
func (h *History) backwards() (most time.Duration) {
	for i := 1; i < len(h.Lines); i++ {
		most = max(most, h.Lines[i-1].At.Sub(h.Lines[i].At))
	}
	return most
}
