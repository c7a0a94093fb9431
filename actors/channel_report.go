package actors

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// lose tells the ledger of a stretch's records that made no row.
func (ch *Channel) lose(c actor.Context, d *draft) {
	from, to, now := messages.Position{Seq: d.first.Seq, Sub: d.first.Sub}, d.last.Position(), time.Now().UTC()
	var events []messages.Event
	if d.counts.Discarded > 0 {
		if !ch.warned {
			ch.warned = true
			ch.Log.Warn().Int64("records", d.counts.Discarded).Str("from", from.String()).Str("cause", d.cause).Msg("unusable records are discarded")
		}
		events = append(events, &messages.RecordsDiscarded{Shard: ch.Shard, From: from, To: to, Count: d.counts.Discarded, Cause: d.cause, At: now})
	}
	if d.counts.Filtered > 0 {
		events = append(events, &messages.RecordsFiltered{Shard: ch.Shard, From: from, To: to, Count: d.counts.Filtered, At: now})
	}
	if events != nil {
		c.Send(ch.Checkpoint, &messages.RecordsLost{Events: events})
	}
}

// report tells the unit where the channel is.
func (ch *Channel) report(c actor.Context, p *messages.Progress) {
	p.Flowing = true
	p.Packed, ch.packed = ch.packed, messages.Aggregation{}
	p.Read, p.Accepted, p.Committed = ch.queue.tail, ch.sealedTo, ch.flights.committed()
	p.Behind, p.ReadUpTo, p.Held, p.InFlight = ch.behind, ch.readUpTo, ch.queue.bytes+ch.gate.bytes, ch.flights.raw()
	p.CaughtUp = !ch.caughtUp.IsZero() && ch.flights.empty() && ch.appends == nil && !ch.sealing && len(ch.queue.parts) == 0 && !ch.gate.shut()
	if oldest := ch.flights.oldestArrival(); oldest != 0 {
		p.Oldest = time.UnixMilli(oldest).UTC()
	} else if ch.appends != nil && ch.appends.draft.oldest != 0 {
		p.Oldest = time.UnixMilli(ch.appends.draft.oldest).UTC()
	} else if oldest := ch.queue.oldest(); oldest != 0 {
		p.Oldest = time.UnixMilli(oldest).UTC()
	} else if oldest := ch.gate.oldest(); oldest != 0 {
		p.Oldest = time.UnixMilli(oldest).UTC()
	}
	c.Send(c.Parent(), p)
}

func subOf(m messages.Mark) string { return strconv.FormatInt(m.Sub, 10) }
