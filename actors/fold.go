package actors

import (
	"github.com/kinesnow/kinesnow/messages"
)

// ShardLedger is what a shard's event stream adds up to: the state that
// Checkpoint keeps, and the one that history and audit rebuild. It decides
// nothing about positions (P25).
type ShardLedger struct {
	Generation int64
	Epoch      int64
	Channel    string
	Started    messages.Position // where the generation began to read after
	Appended   messages.Position // the chain's end
	Committed  messages.Position // T as last read back
	Checkpoint messages.Position // K in the row
	Skipped    messages.Position // S in the row
	Settled    bool
	Counters   messages.Counters // as checkpointed
	Gaps       int64
	Stop       messages.StopCode // "" while it is not parked
	Ended      bool
}

// Evolve returns the state after one more event. It is pure, and takes events
// that it has seen before without harm.
func (s ShardLedger) Evolve(e messages.Event) ShardLedger {
	switch e := e.(type) {
	case *messages.Opened:
		s.Generation, s.Epoch, s.Channel = e.Generation, e.Epoch, e.Channel
		s.Started, s.Appended, s.Stop = e.Start, e.Start, ""
	case *messages.BatchAppended:
		if e.After == s.Appended {
			s.Appended = e.To
		}
	case *messages.Committed:
		s.Committed = e.To
	case *messages.Checkpointed:
		s.Checkpoint, s.Skipped, s.Settled, s.Counters = e.To, e.Skipped, e.Settled, e.Counters
	case *messages.Rewound:
		s.Appended = e.To
	case *messages.Recovered:
		s.Committed = e.To
	case *messages.GapDetected:
		s.Gaps++
	case *messages.Parked:
		s.Stop = e.Code
	case *messages.Resolved:
		s.Stop = ""
	case *messages.ShardEnded:
		s.Ended = true
	}
	return s
}
