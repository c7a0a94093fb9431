package scenarios

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// refuses expects that a decision is refused, with words that help.
func (c *connector) refuses(shard int, from, words string) {
	c.t.Helper()
	if text := c.resolve(shard, from); !strings.Contains(text, words) {
		c.t.Errorf("resolve --from %s was answered %q, want a refusal that says %q", from, text, words)
	}
}

// accepts expects that a decision is carried out, and kept with who took it.
func (c *connector) accepts(shard int, code messages.StopCode, from string) {
	c.t.Helper()
	if text := c.resolve(shard, from); text != "" {
		c.t.Fatalf("resolve --from %s was refused: %s", from, text)
	}
	var kept []*messages.Resolved
	c.until("recorded", func(*messages.State) bool {
		kept = events[*messages.Resolved](c)
		return len(kept) > 0
	})
	if e := kept[0]; len(kept) != 1 || e.Shard != shardID(shard) || e.Code != code || e.From != from || e.Who != "ada" || e.Why != "a scenario" || e.At.IsZero() {
		c.t.Errorf("recorded %+v", e)
	}
}

// token is what Snowflake keeps as a channel's committed offset token.
func (w *world) token(shard int) string {
	for _, ch := range w.Snowflake.Channels() {
		if ch.Name == w.channel(shard) {
			return ch.Committed
		}
	}
	return ""
}

func (w *world) setToken(shard int, token string) {
	w.t.Helper()
	if err := w.Snowflake.SetOffsetToken(w.channel(shard), &token); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) dropChannel(shard int) {
	w.t.Helper()
	if err := w.Snowflake.DropChannelState(w.channel(shard)); err != nil {
		w.t.Fatal(err)
	}
}

// clean drains a connector, which has to leave nothing.
func (c *connector) clean() {
	c.t.Helper()
	if d := c.drain(patience); !d.Clean || len(d.Left) > 0 {
		c.t.Fatalf("the drain left %v", d.Left)
	}
}

// TestATableThatWasRestoredGetsItsRowsAgain restores rows and token as Time
// Travel does, and reads again what that took away.
func TestATableThatWasRestoredGetsItsRowsAgain(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	at := w.putOn(0, 4)
	c.untilCaughtUp(4)
	then := w.token(0)
	w.putOn(0, 4)
	c.untilCaughtUp(8)
	c.clean()
	w.execute("DELETE FROM ORDERS WHERE N >= 4")
	w.setToken(0, then)

	c = w.connect()
	stopped := c.untilParked(0, messages.TokenRegressed)
	if !strings.Contains(stopped.Error, "went back from") || !strings.Contains(stopped.Hint, "kinesnow resolve") {
		t.Errorf("stopped with %q, hint %q", stopped.Error, stopped.Hint)
	}
	w.putOn(1, 3)
	if s := c.untilCaughtUp(3); s.Health != messages.Degraded {
		t.Errorf("health %s with one shard stopped and one flowing", s.Health)
	}
	c.refuses(0, "somewhere", "want SEQUENCE or SEQUENCE/SUB")
	c.refuses(0, at[1].String(), "double")
	c.refuses(1, "token", "not stopped")
	c.refuses(7, "token", "not worked on by this process")
	c.accepts(0, messages.TokenRegressed, "table") // which is where the token is
	c.untilCaughtUp(7)
	w.expect(onShard(0), between(0, 8)...)
	w.expect(onShard(1), between(8, 11)...)
}

// TestATokenThatWasMovedByHandIsNotFollowed: the rows are still there, so the
// shard goes on after the checkpoint, or after what is given.
func TestATokenThatWasMovedByHandIsNotFollowed(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	var at []messages.Position
	var then [2]string
	for i := range then {
		w.putOn(i, 2)
		c.untilCaughtUp(int64(w.put))
		then[i] = w.token(i)
		at = w.putOn(i, 2)
		c.untilCaughtUp(int64(w.put))
	}
	c.clean()
	w.setToken(0, then[0])
	w.setToken(1, then[1])
	w.putOn(0, 2)
	w.putOn(1, 2)

	c = w.connect()
	c.untilParked(0, messages.TokenRegressed)
	c.untilParked(1, messages.TokenRegressed)
	c.accepts(0, messages.TokenRegressed, "table")
	if text := c.resolve(1, string(at[1].Seq)); text != "" {
		t.Errorf("the last position was refused: %s", text)
	}
	c.untilCaughtUp(4)
	w.expect(onShard(0), 0, 1, 2, 3, 8, 9)
	w.expect(onShard(1), 4, 5, 6, 7, 10, 11)
	c.clean() // and what was decided holds
	w.putOn(0, 1)
	c = w.connect()
	c.untilCaughtUp(1)
	w.expect(onShard(0), 0, 1, 2, 3, 8, 9, 12)
}

func TestATokenOfAnotherProgramStopsItsShardAlone(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	w.putOn(0, 4)
	c.untilCaughtUp(4)
	c.clean()
	w.setToken(0, "offset=42")
	w.putOn(0, 2)
	w.putOn(1, 2)

	c = w.connect()
	if stopped := c.untilParked(0, messages.TokenForeign); !strings.Contains(stopped.Error, `"offset=42" is not ours`) {
		t.Errorf("stopped with %q", stopped.Error)
	}
	c.untilCaughtUp(2)
	c.refuses(0, "token", "no token of ours")
	c.accepts(0, messages.TokenForeign, "checkpoint")
	c.untilCaughtUp(4)
	w.expect(onShard(0), between(0, 6)...)
	if _, err := messages.ParseToken(w.token(0), shardID(0)); err != nil {
		t.Errorf("the channel's token is still a foreign one: %v", err)
	}
}

// TestATokenOfAnotherProgramIsSeenWhileRowsFlow lets the other program write
// between two status polls.
func TestATokenOfAnotherProgramIsSeenWhileRowsFlow(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 1)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	w.setToken(0, "offset=42")
	c.untilParked(0, messages.TokenForeign)
	w.Snowflake.StallCommits(false)
	w.wait("committed", func() bool { return w.token(0) != "offset=42" })
	c.accepts(0, messages.TokenForeign, "token") // by now the last commit's, which is ours
	w.putOn(0, 1)
	w.untilRows(5)
	c.untilCaughtUp(0)
	w.expect("", between(0, 5)...)
}

// TestAChannelDroppedWithRowsInFlightStopsUntilSomebodyLooksAtTheTable drops
// three channels: one whose rows were never committed, one whose rows were
// committed though no status said so, one that never had committed any.
func TestAChannelDroppedWithRowsInFlightStopsUntilSomebodyLooksAtTheTable(t *testing.T) {
	w := newWorld(t, 4)
	c := w.connect()
	w.putOn(0, 3)
	w.putOn(1, 3)
	c.untilCaughtUp(6)

	w.Snowflake.Faults().Set(localsnowflake.ActionBulkChannelStatus, fault.Always(refusal(503, "")))
	w.putOn(1, 3)
	w.untilRows(9)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	w.putOn(2, 3)
	for i := range 3 {
		c.untilShard(i, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	}
	for i := range 3 {
		w.dropChannel(i)
	}
	w.Snowflake.StallCommits(false)
	w.Snowflake.Faults().Set(localsnowflake.ActionBulkChannelStatus, nil)
	for i := range 3 {
		if stopped := c.untilParked(i, messages.TokenLost); !strings.Contains(stopped.Error, "rows were in flight") {
			t.Errorf("shard %d stopped with %q", i, stopped.Error)
		}
	}
	w.putOn(3, 2)
	c.until("flowing beside them", func(s *messages.State) bool { return shardOf(s, 3).Live.Committed == 2 })

	c.refuses(0, "token", "no token of ours")
	c.accepts(0, messages.TokenLost, "checkpoint")
	var highest string
	if err := w.db.QueryRowContext(t.Context(), "SELECT KINESISMETADATA:sequenceNumber::text FROM ORDERS WHERE "+onShard(1)+" ORDER BY N DESC LIMIT 1").Scan(&highest); err != nil {
		t.Fatal(err)
	}
	if text := c.resolve(1, highest); text != "" {
		t.Errorf("the table's highest position was refused: %s", text)
	}
	if text := c.resolve(2, "checkpoint"); text != "" {
		t.Errorf("a table that is new: %s", text)
	}
	for i := range 3 {
		w.putOn(i, 1)
	}
	w.untilRows(w.put)
	c.untilCaughtUp(0)
	w.expect(onShard(0), 0, 1, 2, 9, 10, 11, 17)
	w.expect(onShard(1), 3, 4, 5, 6, 7, 8, 18)
	w.expect(onShard(2), 12, 13, 14, 19)
	w.expect(onShard(3), 15, 16)
	if gaps := events[*messages.GapDetected](c); len(gaps) > 0 {
		t.Errorf("a gap was found where nothing is missing: %+v", gaps[0])
	}
}

// TestAChannelThatExpiresAtRestIsNoLoss: the row says that nothing was in
// flight, so the shard goes on after the checkpoint (P7).
func TestAChannelThatExpiresAtRestIsNoLoss(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	c.clean()
	if err := w.Snowflake.ExpireChannel(w.channel(0)); err != nil {
		t.Fatal(err)
	}
	w.putOn(0, 3)
	c = w.connect()
	c.untilCaughtUp(3)
	w.expect("", between(0, 6)...)
	if opened := untilTold[*messages.Opened](c, 1); len(opened) != 1 || opened[0].From != "checkpoint" {
		t.Errorf("opened %+v, want one start after the checkpoint", opened)
	}
}
