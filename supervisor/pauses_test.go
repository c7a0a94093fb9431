package supervisor

import (
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

func TestAPauseOfHalfTheRetentionIsToldOf(t *testing.T) {
	since := time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)
	k := &connector{plant: &plant{name: "orders"}, node: &messages.NodeReady{Stream: &messages.Stream{Retention: 24 * time.Hour}}}
	for _, c := range []struct {
		pauses messages.Pauses
		after  time.Duration
		want   string
	}{
		{messages.Pauses{}, 20 * time.Hour, ""},
		{messages.Pauses{All: true, Since: since}, 11 * time.Hour, ""},
		{messages.Pauses{All: true, Since: since}, 12 * time.Hour, "records are lost in 12h0m0s"},
		{messages.Pauses{Shards: []messages.ShardID{"shardId-000000000003"}, Since: since}, 20 * time.Hour, "paused for 20h0m0s of a retention of 24h0m0s: records are lost in 4h0m0s"},
		{messages.Pauses{All: true, Since: since}, 25 * time.Hour, "records are being lost"},
	} {
		k.node.Pauses = c.pauses
		now := since.Add(c.after)
		got := k.pauseLasts(now)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("after %s: %q, want %q", c.after, got, c.want)
		}
		state := &messages.State{At: now, Shards: []messages.ShardState{{Phase: messages.PhasePaused}}}
		if health, why, _, hint := k.judge(state); (health == messages.Degraded) != (c.want != "") || health == messages.Degraded && (why != got || hint != "kinesnow resume orders") {
			t.Errorf("after %s: health %s, %q, %q", c.after, health, why, hint)
		}
	}
}
