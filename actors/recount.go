package actors

import (
	"context"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// recountRoom is how many rendered bytes one read of a recount aims at.
const recountRoom = 1 << 20

// Recount reads from where source starts up to and including a position and
// counts what it renders to, without appending anything (P26). It fails where
// the records are not there any more.
func Recount(ctx context.Context, source BlockSource, to messages.Position) (messages.Counters, error) {
	defer source.Close()
	var sum messages.Counters
	for {
		block, err := source.Next(ctx, recountRoom)
		if err != nil {
			return messages.Counters{}, err
		}
		done := false
		for i := range block.Marks {
			m := &block.Marks[i]
			if position := (messages.Position{Seq: m.Seq, Sub: m.Sub}); !to.Covers(position) {
				done = true
				break
			}
			if m.Counts() {
				sum.Read++
			}
			sum.Appended += int64(m.Rows)
			switch m.Fate {
			case messages.Discarded:
				sum.Discarded++
			case messages.Filtered:
				sum.Filtered++
			}
			done = done || m.Position().Covers(to)
		}
		closed := block.Closed || len(block.Marks) == 0 && block.CaughtUp()
		if block.Recycle != nil {
			block.Recycle(block.NDJSON)
		}
		switch {
		case done:
			return sum, nil
		case closed:
			return messages.Counters{}, fmt.Errorf("the shard ends before %s", to)
		}
	}
}
