package fleet

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

type retention time.Duration

func (r retention) Describe(context.Context) (*messages.Stream, error) {
	return &messages.Stream{Retention: time.Duration(r)}, nil
}

// TestALaptopSeesHowLongThereIsTime: from rows and channels alone.
func TestALaptopSeesHowLongThereIsTime(t *testing.T) {
	all := fleetTable()
	all.rows[1].CaughtUpAt = noon.Add(-time.Hour).UnixMilli()
	all.rows[2].Committed = token(all.rows[2].Shard, "70", noon.Add(-20*time.Hour))
	r := reader(all, channels{})
	r.catalog = retention(24 * time.Hour)
	c, err := r.Read(t.Context(), noon)
	if err != nil || c.SecondsToDataLoss == nil || *c.SecondsToDataLoss != (4*time.Hour).Seconds() || c.Health != "DEGRADED" {
		t.Errorf("%v, %+v", err, c)
	}
	report := Of(nil, noon)
	report.Add(c)
	if text := textOf(t, report); !strings.Contains(text, "data loss in 4h00m if nobody reads on") && !strings.Contains(text, "data loss in 4h0m if nobody reads on") {
		t.Errorf("text:\n%s", text)
	}
}

func TestALaptopSeesWhatIsPausedAndWhatStandsStill(t *testing.T) {
	paused := fleetTable()
	paused.stream.Pauses = messages.Pauses{All: true, Since: noon.Add(-time.Hour), Who: "ada@desk"}
	c, err := reader(paused, channels{}).Read(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	report := Of(nil, noon)
	report.Add(c)
	text := textOf(t, report)
	for _, want := range []string{"1 paused", "paused since 2026-", "by ada@desk", "kinesnow resume orders", "shardId-000000000001   paused by node-0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	still := fleetTable()
	for i := range still.rows {
		still.rows[i].Owner = ""
	}
	if c, err = reader(still, channels{}).Read(t.Context(), noon); err != nil || c.Health != "STOPPED" || c.Why != "no process works on it" {
		t.Errorf("%v, %+v", err, c)
	}
	still.rows = still.rows[:1] // read to its end
	if c, err = reader(still, channels{}).Read(t.Context(), noon); err != nil || c.Health != "" {
		t.Errorf("%v, %+v", err, c)
	}
}

// TestALaptopSeesWhereAnotherProductStopped: before kinesnow ever ran.
func TestALaptopSeesWhereAnotherProductStopped(t *testing.T) {
	rows := fleetTable()
	rows.rows = []messages.ShardRow{
		{Shard: "shardId-000000000001", PartialSeq: "4968", PartialSub: 5, Foreign: true},
		{Shard: "shardId-000000000002", Sequence: "4970", Foreign: true},
	}
	c, err := reader(rows, channels{}).Read(t.Context(), noon)
	if err != nil || c.Shards[0].Checkpoint != "4968/5" || c.Shards[1].Checkpoint != "4970/*" {
		t.Errorf("%v, %+v", err, c.Shards)
	}
}

// TestShardsThatWaitForAChannelAreToldWithTheWayOut, though no shard is stopped;
// and what the channels are is told by rows alone, too.
func TestShardsThatWaitForAChannelAreToldWithTheWayOut(t *testing.T) {
	s := orders("node-0", "shardId-000000000001", 0)
	s.Health, s.Why, s.Stop, s.Hint = messages.Degraded, "6 shards wait for a channel", messages.ChannelLimit, messages.ChannelLimit.Hint()
	s.Channels = messages.ChannelUse{Open: 1700, Ended: 100, Waiting: 6}
	r := Of(snapshots(s), noon)
	text := textOf(t, r)
	for _, want := range []string{"CHANNEL_LIMIT  6 shards wait for a channel", "merge shards", "read docs/stops.md#channel_limit"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("status says %d times %q:\n%s", strings.Count(text, want), want, text)
		}
	}
	if r.Connectors[0].Channels != s.Channels {
		t.Errorf("channels %+v", r.Connectors[0].Channels)
	}
}
