package history

import (
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Line is one thing that happened.
type Line struct {
	At    time.Time      `json:"at"`
	Node  string         `json:"node"` // <node>, as its folder is called
	Kind  messages.Kind  `json:"kind"`
	Text  string         `json:"text"`
	Event messages.Event `json:"event"`
}

// textOf puts an event into words; "" for one that tells a human nothing.
func textOf(e messages.Event) string {
	switch e := e.(type) {
	case *messages.Opened:
		return fmt.Sprintf("generation %d opened %s and goes on after %s (%s: %s)", e.Epoch, e.Channel, e.Start, e.From, e.Why)
	case *messages.BatchAppended:
		text := fmt.Sprintf("appended %d rows of %d records, %s -> %s", e.Rows, e.Records, brief(e.From), brief(e.To))
		if e.Discarded+e.Filtered > 0 {
			text += fmt.Sprintf(" (%d discarded, %d filtered)", e.Discarded, e.Filtered)
		}
		return text
	case *messages.Committed:
		text := fmt.Sprintf("committed %d rows up to %s", e.Rows, brief(e.To))
		if e.Rejected > 0 {
			text += fmt.Sprintf(", %d of them rejected", e.Rejected)
		}
		return text
	case *messages.Checkpointed:
		text := "checkpoint at " + brief(e.To)
		if !e.Skipped.IsZero() {
			text += ", nothing to write up to " + brief(e.Skipped)
		}
		if e.Settled {
			text += ", nothing in flight"
		}
		return text
	case *messages.RecordsDiscarded:
		return fmt.Sprintf("discarded %d records, %s -> %s: %s", e.Count, brief(e.From), brief(e.To), e.Cause)
	case *messages.RecordsFiltered:
		return fmt.Sprintf("filtered %d records out, %s -> %s", e.Count, brief(e.From), brief(e.To))
	case *messages.Rewound:
		return fmt.Sprintf("rewound from %s to %s: what lies between was never committed", brief(e.From), brief(e.To))
	case *messages.Recovered:
		return fmt.Sprintf("found %d rows committed without a checkpoint, %s -> %s (counted by %s)", e.Counters.Committed, brief(e.From), brief(e.To), e.Source)
	case *messages.GapDetected:
		return fmt.Sprintf("GAP: records between %s and %s expired before they could be read", brief(e.From), brief(e.To))
	case *messages.Parked:
		return fmt.Sprintf("STOPPED %s: %s", e.Code, e.Text)
	case *messages.Resolved:
		return fmt.Sprintf("%s resolved %s from %s, goes on after %s: %s", e.Who, e.Code, e.From, e.Start, e.Why)
	case *messages.ShardEnded:
		if e.Trimmed {
			return "the shard ended: its data expired unread"
		}
		return fmt.Sprintf("the shard ended; everything of it is committed; its children: %v", e.Children)
	case *messages.Faulted:
		return fmt.Sprintf("generation %d ended, %s (%s): %s", e.Generation, e.Reason, e.Class, e.Text)
	case *messages.Adopted:
		return "adopted: another product had moved the row to " + string(e.Sequence)
	case *messages.LeaseTaken:
		if e.From != "" {
			return "took the lease from " + string(e.From)
		}
		return "took the lease"
	case *messages.LeaseDropped:
		return "gave the lease up: " + e.Why
	case *messages.ShardDiscovered:
		if len(e.Parents) > 0 {
			return fmt.Sprintf("found the shard, child of %v", e.Parents)
		}
		return "found the shard"
	}
	return ""
}

// brief shortens a position to what tells it from its neighbours.
func brief(p messages.Position) string {
	text := p.String()
	const kept = 18
	if len(text) > kept+2 {
		return ".." + text[len(text)-kept:]
	}
	return text
}
