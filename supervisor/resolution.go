package supervisor

import (
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// resolution is what a human's decision comes down to.
type resolution struct {
	write *messages.PositionWrite // K and S exactly; nil = the row stays
	drop  bool                    // the channel's token is not ours: drop it
	start messages.Position       // where the shard will go on after; zero = decided at the opening
}

// touchesToken reports whether resolving a stop needs the channel's token.
func touchesToken(code messages.StopCode) bool {
	switch code {
	case messages.TokenForeign, messages.TokenRegressed, messages.TokenLost, messages.AdoptedUndrained:
		return true
	}
	return false
}

// planResolution works out a decision: from is token, checkpoint, "table" where
// the table has no row of the shard, or a position; token is the channel's, "" where it has none. It refuses whatever
// would put rows into the table twice.
func planResolution(code messages.StopCode, from, token string, row *messages.ShardRow) (resolution, error) {
	if !touchesToken(code) {
		if from != "token" && from != "checkpoint" { // what is in the table decides nothing here
			return resolution{}, fmt.Errorf("%s is resolved with --from token: the shard goes on where it is, and no position is moved", code)
		}
		return resolution{}, nil
	}
	t, foreign := messages.Token{}, false
	if token != "" {
		var err error
		t, err = messages.ParseToken(token, row.Shard)
		foreign = err != nil
	}
	var at messages.Position
	switch from {
	case "token":
		if foreign || t.IsZero() {
			return resolution{}, fmt.Errorf("the channel has no token of ours: use --from checkpoint, --from table or a position")
		}
		// K := T beside settled = true, though what lies between was never
		// counted: a K left behind would be read again if the channel were lost.
		return resolution{write: &messages.PositionWrite{Committed: t.String()}, start: t.Position}, nil
	case "checkpoint":
		at = checkpointOf(row)
		switch {
		case at.IsZero() && (code == messages.TokenLost || code == messages.AdoptedUndrained):
			return resolution{write: &messages.PositionWrite{}}, nil // nothing was ever read back: begin where the shard begins
		case at.IsZero():
			return resolution{}, fmt.Errorf("the lease row has no checkpoint: use --from table, or a position")
		}
	case "table": // has no row of the shard
		if code == messages.TokenLost && checkpointOf(row).IsZero() {
			return resolution{write: &messages.PositionWrite{}}, nil
		}
		return resolution{}, fmt.Errorf("the table has no row of %s: use --from checkpoint, or a position to read it again from", row.Shard)
	default:
		var err error
		if at, err = messages.ParsePosition(from); err != nil {
			return resolution{}, err
		}
	}
	end := messages.Token{Position: at, Shard: row.Shard}
	switch {
	case foreign:
		return resolution{write: &messages.PositionWrite{Committed: end.String()}, drop: true, start: at}, nil
	case t.IsZero():
		return resolution{write: &messages.PositionWrite{Committed: end.String()}, start: at}, nil
	case at.Compare(t.Position) < 0:
		return resolution{}, fmt.Errorf("the table already has rows up to %s: going on after %s would double what lies between; use --from token", t.Position, at)
	}
	return resolution{write: &messages.PositionWrite{Committed: t.String(), Skipped: end.String()}, start: at}, nil
}

// checkpointOf is the newest position that the row knows: K, S, or what another
// product left (P24).
func checkpointOf(row *messages.ShardRow) messages.Position {
	at := row.Newest()
	if p := (messages.Position{Seq: row.Sequence, Sub: messages.Whole}); row.Sequence != "" && p.Covers(at) {
		at = p
	}
	if p := (messages.Position{Seq: row.PartialSeq, Sub: row.PartialSub}); row.PartialSeq != "" && p.Covers(at) { // taken over by a migration
		at = p
	}
	return at
}
