package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// buried says that the first record of the queue is with the dead letters.
type buried struct{}

// bury dead-letters the first user record of the queue, because it cannot be
// appended; S passes it then (P13). It does not ride on the next batch: whoever
// counts that stretch again without this process's ledger would take it for
// rows that were committed (P26).
func (ch *Channel) bury(c actor.Context, cause string) {
	mark, rows := ch.queue.discardFirst(cause)
	ch.sealing, ch.passHead = true, true
	letter := messages.Letter{
		Connector: ch.Connector, Stream: ch.Stream, Shard: ch.Shard,
		Seq: string(mark.Seq), Sub: subOf(mark), Arrival: time.UnixMilli(mark.Arrival).UTC(),
		Cause: cause, Rendered: true, Payload: append([]byte(nil), rows...),
	}
	backoff := NewBackoff(time.Second, 30*time.Second)
	run(ch.ctx, c, func() any {
		for {
			err := ch.DeadLetter.Put(ch.ctx, []messages.Letter{letter})
			if err == nil {
				return &buried{}
			}
			pause := backoff.Next()
			ch.Log.Warn().Err(err).Dur("again", pause).Msg("dead letter not kept; the shard waits for it")
			if !sleep(ch.ctx, pause) {
				return nil
			}
		}
	})
}
