package sim

import (
	"fmt"
	"net/http"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// delivered looks at the lease row that a call may have written: K and S must
// never be ahead of what is durable, and SHARD_END means that all of it is.
func (o *Oracle) delivered(c *Call, status int, how string) {
	if c.action == "OpenChannel" && status == http.StatusOK && how == "" {
		o.opened(c)
	}
	o.droppedBy(c, status)
	if c.service != "dynamodb" || c.action == "GetItem" {
		return
	}
	if o.world.plan.Latest {
		o.begins()
	}
	if c.shard == "" {
		return
	}
	row := o.world.row(c.shard)
	if row == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tenure(c.shard, row)
	s := o.shard(c.shard)
	for _, attr := range []string{"committedToken", "skippedToken"} {
		text, _ := row[attr].(string)
		if text == "" {
			continue
		}
		t, err := messages.ParseToken(text, messages.ShardID(c.shard))
		switch {
		case err != nil:
			o.world.fail("the row of %s has %s %q: %v", c.shard, attr, text, err)
		case attr == "committedToken" && t.Position.Compare(s.token) > 0 && !o.world.dropped[c.shard]: // a human may put S in K's place
			o.world.fail("K TOO EARLY: the row of %s says %s, but the newest token is %s", c.shard, t.Position, s.token)
		default:
			o.promised(s, attr, t.Position)
		}
	}
	if state, _ := row["shardState"].(string); state == "SHARD_END" && !s.ended {
		s.ended, s.endedAt = true, o.world.cloud.clocks["kinesis"].now()
		o.promised(s, "SHARD_END", messages.Position{Seq: "9" + "99999999999999999999999999999999999999999999999999999999999", Sub: messages.Whole})
		for _, info := range o.world.shards() {
			if info.ID == c.shard && info.Open {
				o.world.fail("SHARD_END of %s, which is open", c.shard)
			}
		}
	}
}

// shards lists the stream's.
func (w *World) shards() []localkinesis.ShardInfo {
	streams := w.cloud.Kinesis.Streams()
	if len(streams) == 0 {
		return nil
	}
	return streams[0].Shards
}

// unfinished tells what the lease table does not say yet; "" = it says
// everything: K is T, and shards that are closed have ended.
func (o *Oracle) unfinished() string {
	for _, info := range o.world.shards() {
		row := o.world.row(info.ID)
		o.mu.Lock()
		s := o.shard(info.ID)
		text, token := s.text, s.token
		o.mu.Unlock()
		state, _ := row["shardState"].(string)
		committed, _ := row["committedToken"].(string)
		switch {
		case row == nil && !info.Open && o.beforeStart(info.ID):
		case row == nil:
			return "no lease row of " + info.ID
		case !info.Open && state != "SHARD_END":
			return "UNFINISHED: " + info.ID + " is closed, and its row does not say so"
		case committed != text && !token.IsZero():
			k, err := messages.ParseToken(committed, messages.ShardID(info.ID))
			if err != nil || k.Position != token {
				return "UNFINISHED: the row of " + info.ID + " says " + committed + ", the channel " + text
			}
		}
		if wrong := o.undropped(info.ID, row); wrong != "" {
			return wrong
		}
	}
	return ""
}

// shardName is the n-th shard's.
func shardName(n int) string { return fmt.Sprintf("shardId-%012d", n) }
