package actors

import (
	"github.com/kinesnow/kinesnow/messages"
)

// Start is where a generation begins to read, and why (P7).
type Start struct {
	From     messages.ReadFrom
	Position messages.Position // the chain's first After; zero where reading starts at a time or the horizon
	Source   string            // token, checkpoint, skipped, adopted or durable start
	Why      string            // the line of P7's table
	Token    messages.Token    // T; zero Position = none
	Adopted  bool              // another product had moved the row (P24)
}

// DecideStart picks the start of a generation from the lease row that its
// re-check returned and from its own opening, never from anything read before
// (P5, P7). durable is where the shard starts while nothing was ever
// committed. drained says that an operator vouched for an adopted table.
//
// A row and an opening that cannot both be true make a Rejected fault with the
// stop code that P7 names.
func DecideStart(row *messages.ShardRow, opening *messages.Opening, durable messages.ReadFrom, drained bool) (Start, *messages.Fault) {
	token, fault := readToken(opening.Token, row.Shard, "the channel's")
	if fault != nil {
		return Start{}, fault
	}
	checkpoint, fault := readToken(row.Committed, row.Shard, "the lease row's committed")
	if fault != nil {
		return Start{}, fault
	}
	skipped, fault := readToken(row.Skipped, row.Shard, "the lease row's skipped")
	if fault != nil {
		return Start{}, fault
	}
	adopted, isAdopted := adoptedPosition(row)

	durable = row.Durable(durable)
	start := Start{Token: token, Adopted: isAdopted}
	switch {
	case !token.IsZero() && checkpoint.Compare(token.Position) > 0:
		return Start{}, messages.Stopped(messages.TokenRegressed, row.Shard,
			"the committed token went back from %s to %s", checkpoint.Position, token.Position)
	case isAdopted && token.IsZero() && !row.Settled && row.ChannelCreated != 0 && row.ChannelCreated != opening.CreatedMS:
		return Start{}, messages.Stopped(messages.TokenLost, row.Shard,
			"the channel has no committed token, but rows were in flight since the shard was adopted at %s", adopted)
	case isAdopted && adopted.Compare(token.Position) > 0:
		if !drained {
			return Start{}, messages.Stopped(messages.AdoptedUndrained, row.Shard,
				"another product moved the lease row to %s; rows of its own may still be in flight", adopted)
		}
		start.resume(adopted, "adopted", "no token, adopted, drained")
	case !token.IsZero():
		start.resume(token.Position, "token", "token at or ahead of the checkpoint")
	case row.Foreign && !drained:
		return Start{}, messages.Stopped(messages.AdoptedUndrained, row.Shard,
			"another product worked on the shard and kept no position; rows of its own may still be in flight")
	case row.Foreign:
		start.Adopted = true
		start.begin(durable, "no token, adopted without a position, drained")
	case row.Settled && checkpoint.IsZero():
		start.begin(durable, "no token, no checkpoint, settled")
	case row.Settled:
		start.resume(checkpoint.Position, "checkpoint", "no token, checkpoint, settled")
	case row.ChannelCreated != 0 && row.ChannelCreated == opening.CreatedMS && checkpoint.IsZero():
		start.begin(durable, "no token, not settled, same channel, no checkpoint")
	case row.ChannelCreated != 0 && row.ChannelCreated == opening.CreatedMS:
		start.resume(checkpoint.Position, "checkpoint", "no token, not settled, same channel")
	default:
		return Start{}, messages.Stopped(messages.TokenLost, row.Shard,
			"the channel has no committed token, but rows were in flight when it was last seen; the checkpoint is %s", checkpoint.Position)
	}
	if !skipped.IsZero() && skipped.Position.Covers(start.Position) {
		start.resume(skipped.Position, "skipped", start.Why)
	}
	return start, nil
}

// resume starts after a position.
func (s *Start) resume(p messages.Position, source, why string) {
	s.From, s.Position, s.Source, s.Why = messages.ReadFrom{After: p}, p, source, why
}

// begin starts where the shard starts while nothing was committed.
func (s *Start) begin(durable messages.ReadFrom, why string) {
	s.From, s.Position, s.Source, s.Why = durable, messages.Position{}, "durable start", why
}

// readToken reads a token that may be absent. One that cannot be read is never
// taken for a position (P2).
func readToken(text string, shard messages.ShardID, whose string) (messages.Token, *messages.Fault) {
	if text == "" {
		return messages.Token{}, nil
	}
	t, err := messages.ParseToken(text, shard)
	if err != nil {
		return messages.Token{}, messages.Stopped(messages.TokenForeign, shard, "%s %w", whose, err)
	}
	return t, nil
}

// vouchedFor reports whether a row still needs the operator's word that another
// product's rows have landed.
func vouchedFor(row *messages.ShardRow) bool {
	_, adopted := adoptedPosition(row)
	return !row.Ended && (adopted || row.Foreign)
}

// adoptedPosition returns the position that another product left in the row, or
// a migration took over from one, where that differs from what we would have
// derived (P24).
func adoptedPosition(row *messages.ShardRow) (messages.Position, bool) {
	seq, partialSeq, partialSub := row.Derived()
	ours := row.PartialSeq == partialSeq && (partialSeq == "" || row.PartialSub == partialSub)
	switch {
	case row.Sequence == "" && row.PartialSeq != "" && !ours:
		return messages.Position{Seq: row.PartialSeq, Sub: row.PartialSub}, true
	case row.Sequence == "" || row.Sequence == seq:
		return messages.Position{}, false
	case partialSeq != "" && ours && row.Sequence.Compare(partialSeq) < 0:
		// A token inside an aggregate: sequenceNumber keeps the last whole record.
		return messages.Position{}, false
	}
	return messages.Position{Seq: row.Sequence, Sub: messages.Whole}, true
}
