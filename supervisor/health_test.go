package supervisor

import (
	"errors"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// TestHealthIsTheWorstThatMatters goes through what a connector can be.
func TestHealthIsTheWorstThatMatters(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	flowing := messages.ShardState{Phase: messages.PhaseFlowing}
	opening := messages.ShardState{Phase: messages.PhaseOpening}
	failing := messages.ShardState{Phase: messages.PhaseBackoff, Failing: true, Error: "reopened"}
	parked := messages.ShardState{Phase: messages.PhaseParked, Stop: messages.TokenLost, Error: "lost", Hint: "resolve"}
	node := &messages.NodeReady{Node: "node-0", Stream: &messages.Stream{}}
	fault := &messages.Fault{Class: messages.Rejected, Stop: messages.StreamRecreated, Op: "prepare", Err: errors.New("another stream"), Hint: "a new name"}
	polled := &plant{}
	polled.polled.note("shardId-000000000000", &messages.Fault{Class: messages.Rejected, Stop: messages.EFOUnavailable, Op: "kinesis.SubscribeToShard", Err: errors.New("no")})
	for _, c := range []struct {
		name      string
		connector connector
		shards    []messages.ShardState
		unowned   []messages.ShardID
		channels  messages.ChannelUse
		listed    int
		health    messages.Health
		why       string
		stop      messages.StopCode
	}{
		{name: "nothing reached yet", health: messages.Starting},
		{name: "no lease yet", connector: connector{node: node}, health: messages.Flowing},
		{name: "claims under way", connector: connector{node: node}, listed: 2, health: messages.Flowing},
		{name: "nothing to claim", connector: connector{node: &messages.NodeReady{Node: "node-1", Stream: &messages.Stream{}, Idle: true}}, listed: 2,
			health: messages.Flowing, why: "no lease is free: other processes hold them"},
		{name: "the first opening", connector: connector{node: node}, shards: []messages.ShardState{opening}, health: messages.Starting},
		{name: "the first generation failed", connector: connector{node: node}, shards: []messages.ShardState{{Phase: messages.PhaseBackoff, Generations: 1}}, health: messages.Starting},
		{name: "a later one failed", connector: connector{node: node, met: true}, shards: []messages.ShardState{{Phase: messages.PhaseBackoff, Generations: 2}}, health: messages.Flowing},
		{name: "for a minute none has", connector: connector{node: node, met: true, still: at.Add(-stillAfter)}, shards: []messages.ShardState{opening, {Phase: messages.PhaseBackoff, Error: "503"}},
			health: messages.Degraded, why: "no shard has flowed for a minute: 503"},
		{name: "for a minute none has begun", connector: connector{node: node, met: true, still: at.Add(-stillAfter)}, shards: []messages.ShardState{opening},
			health: messages.Degraded, why: "no shard has flowed for a minute"},
		{name: "for a minute none has, and never before", connector: connector{node: node, still: at.Add(-stillAfter)}, shards: []messages.ShardState{opening}, health: messages.Starting},
		{name: "flowing", connector: connector{node: node}, shards: []messages.ShardState{flowing, opening}, health: messages.Flowing},
		{name: "one keeps failing", connector: connector{node: node}, shards: []messages.ShardState{flowing, failing}, health: messages.Degraded, why: "reopened"},
		{name: "one of two parked", connector: connector{node: node}, shards: []messages.ShardState{flowing, parked}, health: messages.Degraded, why: "1 of 2 shards flowing"},
		{name: "all parked", connector: connector{node: node}, shards: []messages.ShardState{parked, parked}, health: messages.Halted, why: "lost", stop: messages.TokenLost},
		{name: "the connector itself is parked", connector: connector{node: node, parked: fault}, shards: []messages.ShardState{flowing}, health: messages.Halted, why: fault.Error(), stop: messages.StreamRecreated},
		{name: "draining says more than all", connector: connector{node: node, parked: fault, drain: &draining{}}, shards: []messages.ShardState{parked}, health: messages.Draining},
		{name: "no look at the table for a minute", connector: connector{node: &messages.NodeReady{Node: "node-0", Stream: &messages.Stream{}, Blind: "ExpiredToken"}},
			health: messages.Degraded, why: "leases cannot be looked after: ExpiredToken"},
		{name: "a shard that nobody owns", connector: connector{node: node}, shards: []messages.ShardState{flowing}, unowned: []messages.ShardID{"shardId-000000000003"},
			health: messages.Degraded, why: "shards that no process has worked on for 2 minutes: 1, the first is shardId-000000000003"},
		{name: "the same, and one parked", connector: connector{node: node}, shards: []messages.ShardState{flowing, parked}, unowned: []messages.ShardID{"shardId-000000000003"},
			health: messages.Degraded, why: "1 of 2 shards flowing"},
		{name: "no room for children", connector: connector{node: node}, shards: []messages.ShardState{flowing}, channels: messages.ChannelUse{Open: 1700, Ended: 100, Waiting: 6},
			health: messages.Degraded, stop: messages.ChannelLimit,
			why: "6 shards wait for a channel: the pipe has 1800 of this connector, 100 of them of shards that ended less than an hour ago"},
		{name: "no room beside another connector", connector: connector{node: node}, shards: []messages.ShardState{flowing}, channels: messages.ChannelUse{Open: 700, Waiting: 6, Beside: 1100},
			health: messages.Degraded, stop: messages.ChannelLimit,
			why: "6 shards wait for a channel: the pipe has 700 of this connector, 0 of them of shards that ended less than an hour ago, and 1100 of other connectors of this process"},
		{name: "a parked shard says more than no room", connector: connector{node: node}, shards: []messages.ShardState{flowing, parked}, channels: messages.ChannelUse{Waiting: 6},
			health: messages.Degraded, why: "1 of 2 shards flowing"},
		{name: "polled instead of pushed", connector: connector{node: node, plant: polled}, shards: []messages.ShardState{flowing}, health: messages.Flowing,
			why: "shards polled: 1; enhanced fan-out cannot be used: kinesis.SubscribeToShard: no"},
	} {
		if c.connector.plant == nil {
			c.connector.plant = &plant{}
		}
		health, why, stop, _ := c.connector.judge(&messages.State{At: at, Shards: c.shards, Unowned: c.unowned, Channels: c.channels, Listed: c.listed})
		if health != c.health || why != c.why || stop != c.stop {
			t.Errorf("%s: %s %q %q, want %s %q %q", c.name, health, why, stop, c.health, c.why, c.stop)
		}
	}
}

// TestReadyIsWhoReachedBothEndsOnce, or has nothing to reach them for: a process
// that cannot reach Snowflake is not, however often it has tried.
func TestReadyIsWhoReachedBothEndsOnce(t *testing.T) {
	node, idle := &messages.NodeReady{Stream: &messages.Stream{}}, &messages.NodeReady{Stream: &messages.Stream{}, Idle: true}
	tried := []messages.ShardState{{Phase: messages.PhaseOpening, Generations: 7, Failing: true}}
	for _, c := range []struct {
		name      string
		connector connector
		state     messages.State
		reached   bool
	}{
		{"nothing is known", connector{}, messages.State{}, false},
		{"its claims are under way", connector{node: node}, messages.State{Listed: 2}, false},
		{"other processes have the shards", connector{node: idle}, messages.State{Listed: 2}, true},
		{"no shard is left", connector{node: node}, messages.State{Listed: 2, Done: 2}, true},
		{"every generation failed to open", connector{node: node}, messages.State{Listed: 1, Shards: tried}, false},
		{"they failed after one had flowed", connector{node: node, met: true}, messages.State{Listed: 1, Shards: tried}, true},
		{"a shard flows", connector{node: node}, messages.State{Listed: 1, Shards: []messages.ShardState{{Phase: messages.PhaseFlowing}}}, true},
		{"a shard is stopped", connector{node: node}, messages.State{Listed: 1, Shards: []messages.ShardState{{Phase: messages.PhaseParked}}}, true},
	} {
		if got := c.connector.reached(&c.state); got != c.reached {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
