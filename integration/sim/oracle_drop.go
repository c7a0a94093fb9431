package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// forAnHour is how long the channel of an ended shard lives at least (P23).
const forAnHour = time.Hour

// droppedBy looks at a channel that a node had dropped, as the row and AWS's
// clock are at that moment: its shard has ended for an hour, and Snowflake's
// counters of it are kept. A channel that a stop is resolved with is dropped
// with whatever is on its way; that is a human's decision.
func (o *Oracle) droppedBy(c *Call, status int) {
	if c.action != "DropChannel" || status != http.StatusOK || !bytes.Contains(c.body, []byte("true")) {
		return
	}
	row := o.world.row(c.shard)
	o.mu.Lock()
	s := o.shard(c.shard)
	ended, since := s.ended, o.world.cloud.clocks["kinesis"].now().Sub(s.endedAt)
	o.mu.Unlock()
	switch {
	case !ended || row["shardState"] != "SHARD_END":
		o.world.fail("DROPPED TOO EARLY: the channel of %s, which has not ended", c.shard)
	case row["finalAt"] == nil:
		o.world.fail("DROPPED TOO EARLY: the channel of %s, whose counters are nowhere else", c.shard)
	case since < forAnHour:
		o.world.fail("DROPPED TOO EARLY: the channel of %s, %v after its end", c.shard, since)
	}
	o.world.ledger.called("hour")
}

// undropped tells of a shard that has ended and whose channel is not looked
// after: not counted to the end, or not dropped an hour after that; "" = none.
func (o *Oracle) undropped(shard string, row map[string]any) string {
	var finalAt int64
	if n, ok := row["finalAt"].(json.Number); ok {
		finalAt, _ = n.Int64()
	}
	switch {
	case row["shardState"] != "SHARD_END" || row["leaseEpoch"] == nil || row["channelDropped"] != nil:
	case row["finalAt"] == nil:
		return "UNFINISHED: " + shard + " has ended, and its channel is not counted to the end"
	case o.world.cloud.clocks["kinesis"].now().Sub(time.UnixMilli(finalAt)) >= forAnHour:
		return "UNFINISHED: " + shard + " has ended an hour ago, and its channel is not dropped"
	}
	return ""
}
