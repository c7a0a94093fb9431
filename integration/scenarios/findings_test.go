package scenarios

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// rejectN makes Snowflake reject the rows with a certain N.
func (w *world) rejectN(n string) {
	w.Snowflake.SetRowFault(func(_ string, row []byte) (int, string) {
		if bytes.Contains(row, []byte(`"N":`+n+`,`)) {
			return 100038, "Numeric value is not recognized"
		}
		return 0, ""
	})
}

func TestARejectedRowIsAFindingAndItsNeighboursLand(t *testing.T) {
	w := newWorld(t, 1)
	w.rejectN("2")
	w.putOn(0, 5)
	r := w.run(process.Options{UntilCaughtUp: true})
	r.ends(process.ExitFindings)
	w.expect("", 0, 1, 3, 4)
	if s := r.Summary(); s.RejectedRows != 1 || integer(w.lease(0, "countRejected")) != 1 || integer(w.lease(0, "countCommitted")) != 5 {
		t.Errorf("summary %d rejected, the lease row %d of %d", s.RejectedRows, integer(w.lease(0, "countRejected")), integer(w.lease(0, "countCommitted")))
	}
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine) // it was told once
}

// TestARejectedRowStopsItsShardWhereThatIsWanted, until somebody has seen it.
func TestARejectedRowStopsItsShardWhereThatIsWanted(t *testing.T) {
	w := newWorld(t, 2)
	stop := func(p *plan) { p.Snowflake.OnRejectedRows = config.StopOnRejectedRows }
	w.rejectN("2")
	w.putOn(0, 4)
	w.putOn(1, 2)
	c := w.connect(stop)
	if stopped := c.untilParked(0, messages.RowsRejected); !strings.Contains(stopped.Error, "1 rows were rejected") {
		t.Errorf("stopped with %q", stopped.Error)
	}
	c.until("flowing beside it", func(s *messages.State) bool { return shardOf(s, 1).Live.Committed == 2 })
	w.putOn(0, 2)
	c.accepts(0, messages.RowsRejected, "token")
	w.untilRows(7)
	c.untilCaughtUp(0)
	w.expect(onShard(0), 0, 1, 3, 6, 7)
	w.expect(onShard(1), 4, 5)
}

// TestARowThatANewChannelRejectedWhileNobodyLookedStopsItsShard: its count begins
// anew, that of the lease row does not, and hides nothing.
func TestARowThatANewChannelRejectedWhileNobodyLookedStopsItsShard(t *testing.T) {
	w := newWorld(t, 1)
	w.rejectN("1")
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	c.drain(patience)
	if err := w.Snowflake.DropChannelState(w.channel(0)); err != nil {
		t.Fatal(err)
	}
	w.rejectN("4")
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	c = w.connect()
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	c.kill()
	w.Snowflake.StallCommits(false)
	w.untilRows(4)
	c = w.connect(func(p *plan) { p.Snowflake.OnRejectedRows = config.StopOnRejectedRows })
	if stopped := c.untilParked(0, messages.RowsRejected); !strings.Contains(stopped.Error, "1 rows were rejected") {
		t.Errorf("stopped with %q", stopped.Error)
	}
	c.accepts(0, messages.RowsRejected, "token")
	w.putOn(0, 1)
	c.untilCaughtUp(1)
	if n := integer(w.lease(0, "countRejected")); n != 2 {
		t.Errorf("the lease row counts %d rejected rows of 2", n)
	}
}

func TestAGapIsAFinding(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	w.putOn(0, 2)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.putOn(0, 2)
	clock.advance(25 * time.Hour)
	w.putOn(0, 2)
	r := w.run(process.Options{UntilCaughtUp: true})
	r.ends(process.ExitFindings)
	if s := r.Summary(); s.Gaps != 1 {
		t.Errorf("summary %d gaps", s.Gaps)
	}
	w.expect("", 0, 1, 4, 5)
}

// TestAConnectorInTroubleParksAlone: the other one of the process goes on, and
// the parked one is a finding in the end.
func TestAConnectorInTroubleParksAlone(t *testing.T) {
	w := newWorld(t, 1)
	w.rewrite("connectors:\n", "connectors:\n  astray:\n    application: kinesnow-astray\n    kinesis: {stream: orders}\n    snowflake: {table: NOWHERE}\n")
	w.putOn(0, 3)
	r := w.run(process.Options{})
	w.untilRows(3)
	r.untilOf("astray", "parked", func(s *messages.State) bool { return s.Stop == messages.TargetMissing })
	w.putOn(0, 3)
	w.untilRows(6)
	r.stop()
	r.ends(process.ExitFine)

	w.putOn(0, 3)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFindings)
	w.expect("", between(0, 9)...)
}

// TestAShardThatIsStoppedOnAnotherProcessEndsTheWait as one that is stopped here
// does: its row says so. Its children, which nobody begins before it, are not
// waited for either.
func TestAShardThatIsStoppedOnAnotherProcessEndsTheWait(t *testing.T) {
	w := newWorld(t, 1, func(o *localcloud.Options) { o.Tuning.LeaseDuration = 30 * time.Second }) // nobody takes it over
	w.rejectN("1")
	w.putWith(0, `"x":0`)
	w.putWith(0, `"x":1`)
	c := w.connect(func(p *plan) { p.Snowflake.OnRejectedRows = config.StopOnRejectedRows })
	c.untilParked(0, messages.RowsRejected)
	w.splitShard(0)
	r := w.run(process.Options{UntilCaughtUp: true})
	r.ends(process.ExitFindings)
	state := r.Summary().Connectors[0]
	if len(state.Shards) != 0 || len(state.Elsewhere.Stopped) != 1 || state.Elsewhere.Stopped[0] != (messages.StoppedShard{Shard: shardID(0), Owner: messages.Owner(w.lease(0, "leaseOwner").(string)), Stop: messages.RowsRejected}) {
		t.Errorf("the process saw %+v, and has %d shards", state.Elsewhere, len(state.Shards))
	}
	if !strings.Contains(r.log.String(), "a shard is stopped on another process") {
		t.Error("nobody says which shard it waited for")
	}
	w.Snowflake.SetRowFault(nil)
	if wrong := c.resolve(0, "token"); wrong != "" {
		t.Fatal(wrong)
	}
	c.untilCaughtUp(0)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
}
