package scenarios

import (
	"maps"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// invalidate makes Snowflake show a code for a shard's channel.
func (w *world) invalidate(shard int, code string) {
	w.t.Helper()
	if err := w.Snowflake.InvalidateChannel(w.channel(shard), code); err != nil {
		w.t.Fatal(err)
	}
}

// TestT07EveryCodeThatWantsAReopenIsFollowedWhileIdle: the next row finds the
// channel useless and lands all the same, by one more opening. The lease is
// ours, so a stale sequencer is one, too.
func TestT07EveryCodeThatWantsAReopenIsFollowedWhileIdle(t *testing.T) {
	codes := []struct {
		code string
		ends messages.Reason
	}{
		{localsnowflake.CodePipeMissing, messages.ReasonInvalidated},
		{localsnowflake.CodeTableMissing, messages.ReasonInvalidated},
		{localsnowflake.CodeInvalidRow, messages.ReasonInvalidated},
		{"ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER", messages.ReasonStale},
		{localsnowflake.CodeMustReopen, messages.ReasonInvalidated},
		{localsnowflake.CodeRowGap, messages.ReasonInvalidated},
		{localsnowflake.CodeChannelMissing, messages.ReasonGone},
		{localsnowflake.CodeStale, messages.ReasonStale},
		{"STALE_CONTINUATION_TOKEN", messages.ReasonStale},
		{"STALE_PIPE_CACHE", messages.ReasonInvalidated},
		{"ERR_OF_TOMORROW", messages.ReasonInvalidated},
		{"expired", messages.ReasonGone},
		{"dropped", messages.ReasonGone},
	}
	w := newWorld(t, len(codes))
	const each = 2
	for i := range codes {
		w.putOn(i, each)
	}
	c := w.connect()
	c.untilCaughtUp(int64(len(codes) * each))
	for i, code := range codes {
		switch code.code {
		case "expired": // after 30 idle days
			if err := w.Snowflake.ExpireChannel(w.channel(i)); err != nil {
				t.Fatal(err)
			}
		case "dropped":
			w.dropChannel(i)
		default:
			w.invalidate(i, code.code)
		}
	}
	for i := range codes {
		w.putOn(i, each)
	}
	s := c.untilCaughtUp(int64(2 * len(codes) * each))
	for i, code := range codes {
		w.expect(onShard(i), append(between(i*each, (i+1)*each), between((len(codes)+i)*each, (len(codes)+i+1)*each)...)...)
		if ends := shardOf(s, i).Ends; !maps.Equal(ends, map[messages.Reason]int64{code.ends: 1}) {
			t.Errorf("%s: generations ended %v, want one that is %s", code.code, ends, code.ends)
		}
	}
}

// TestT07EveryCodeThatAStatusShowsIsFollowed while rows are in flight and no
// append is under way: the poll alone can tell.
func TestT07EveryCodeThatAStatusShowsIsFollowed(t *testing.T) {
	codes := []struct {
		code string
		ends messages.Reason
	}{
		{localsnowflake.CodeMustReopen, messages.ReasonInvalidated},
		{localsnowflake.CodeStale, messages.ReasonStale},
		{localsnowflake.CodePipeMissing, messages.ReasonInvalidated},
		{"ERR_OF_TOMORROW", messages.ReasonInvalidated},
	}
	w := newWorld(t, len(codes))
	c := w.connect()
	w.Snowflake.StallCommits(true)
	for i := range codes {
		w.putOn(i, 3)
	}
	for i := range codes {
		c.untilShard(i, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	}
	for i, code := range codes {
		w.invalidate(i, code.code)
	}
	w.Snowflake.StallCommits(false)
	s := c.untilCaughtUp(int64(3 * len(codes)))
	for i, code := range codes {
		w.expect(onShard(i), between(3*i, 3*i+3)...)
		if ends := shardOf(s, i).Ends; !maps.Equal(ends, map[messages.Reason]int64{code.ends: 1}) {
			t.Errorf("%s: generations ended %v, want one that is %s", code.code, ends, code.ends)
		}
	}
}

// TestT08AFailOverIsFollowedWithoutAnAppend: while the channel is idle, and while
// nothing but the status poll runs.
func TestT08AFailOverIsFollowedWithoutAnAppend(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(0, 3)
	w.putOn(1, 3)
	c := w.connect()
	c.untilCaughtUp(6)
	asked := w.Snowflake.Faults().Calls(localsnowflake.ActionHostname)

	w.Snowflake.StallCommits(true)
	w.putOn(0, 2)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	w.Snowflake.FailOver() // which the poll for shard 0 will see
	c.untilShard(0, "told", func(s *messages.ShardState) bool { return s.Ends[messages.ReasonFailedOver] == 1 })
	w.Snowflake.StallCommits(false)
	w.putOn(1, 1)                                                            // behind whatever it was told
	before := shardOf(c.untilCaughtUp(0), 1).Ends[messages.ReasonFailedOver] // it may have been polled for, too
	if n := w.Snowflake.Faults().Calls(localsnowflake.ActionHostname) - asked; n != 1 {
		t.Errorf("the host was discovered %d times, want once", n)
	}

	w.Snowflake.FailOver() // which nobody sees before the next row
	w.putOn(1, 2)
	s := c.untilCaughtUp(0)
	w.expect(onShard(0), 0, 1, 2, 6, 7)
	w.expect(onShard(1), 3, 4, 5, 8, 9, 10)
	if ends := shardOf(s, 1).Ends; ends[messages.ReasonFailedOver] != before+1 || len(ends) != 1 {
		t.Errorf("generations of the idle shard ended %v", ends)
	}
	if n := w.Snowflake.Faults().Calls(localsnowflake.ActionHostname) - asked; n != 2 {
		t.Errorf("the host was discovered %d times, want twice", n)
	}
}

// TestT09RowsReadWhileAChannelRecoversAreNotLost: records come all the time, and
// the channel is taken away again and again.
func TestT09RowsReadWhileAChannelRecoversAreNotLost(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	rounds := int64(2)
	if *everything {
		rounds = 8
	}
	for round := range rounds {
		c.untilShard(0, "flowing", func(s *messages.ShardState) bool { return s.Phase == messages.PhaseFlowing && s.Generations == round })
		w.invalidate(0, "")
		w.putOn(0, 5)
		c.untilShard(0, "recovering", func(s *messages.ShardState) bool { return s.Ends[messages.ReasonInvalidated] == round+1 })
		w.putOn(0, 5)
	}
	w.untilRows(w.put)
	s := c.untilCaughtUp(0)
	w.expect("", between(0, w.put)...)
	if sh := shardOf(s, 0); s.Gaps != 0 || sh.Gaps != 0 || len(events[*messages.GapDetected](c)) > 0 || len(sh.Ends) != 1 {
		t.Errorf("%d gaps; generations ended %v", s.Gaps, sh.Ends)
	}
}

// TestT10AChannelWithoutATokenGoesBackToTheDurableStart: it is invalidated before
// its first commit, and LATEST means the first start all the same.
func TestT10AChannelWithoutATokenGoesBackToTheDurableStart(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	w.putOn(0, 2) // before LATEST
	clock.advance(2 * time.Second)
	c := w.connect(fromLatest)
	c.until("reading", func(s *messages.State) bool { return len(s.Shards) == 1 && s.CaughtUp() })
	w.Snowflake.StallCommits(true)
	clock.advance(2 * time.Second)
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	clock.advance(2 * time.Second)
	w.invalidate(0, "")
	c.untilShard(0, "told", func(s *messages.ShardState) bool { return s.Ends[messages.ReasonInvalidated] == 1 })
	w.Snowflake.StallCommits(false)
	w.putOn(0, 2)
	c.untilCaughtUp(5)
	w.expect("", between(2, 7)...)
}

// TestARefusedCredentialIsReplacedOnceWhateverTheCall: 401 at the first open, the
// first append and the first status poll of a shard ends nothing (P11).
func TestARefusedCredentialIsReplacedOnceWhateverTheCall(t *testing.T) {
	w := newWorld(t, 1)
	actions := []string{localsnowflake.ActionOpenChannel, localsnowflake.ActionAppendRows, localsnowflake.ActionBulkChannelStatus}
	for _, action := range actions {
		w.Snowflake.Faults().Set(action, fault.Times(1, fault.Always(refusal(401, localsnowflake.CodeTokenExpired))))
	}
	w.putOn(0, 4)
	c := w.connect()
	s := c.untilCaughtUp(4)
	w.expect("", between(0, 4)...)
	if n := w.Snowflake.Faults().Calls(localsnowflake.ActionOauthToken); n != int64(1+len(actions)) || shardOf(s, 0).Generations != 0 {
		t.Errorf("%d exchanges, want %d; generations ended %v", n, 1+len(actions), shardOf(s, 0).Ends)
	}
}

// TestAnIdleChannelWithOneRowCommitsIt at the default linger, again and again.
func TestAnIdleChannelWithOneRowCommitsIt(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect(func(p *plan) { p.Snowflake.Linger = config.Defaults().Snowflake.Linger })
	for i := range 3 {
		w.putOn(0, 1)
		c.untilCaughtUp(int64(i + 1))
		w.expect("", between(0, i+1)...)
	}
}
