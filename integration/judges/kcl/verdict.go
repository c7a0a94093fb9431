package kcl

import (
	"context"
	"fmt"
)

// judge says what the whole story comes to.
func (c *consumer) judge(ctx context.Context) error {
	h, err := c.told(ctx)
	if err != nil {
		return err
	}
	aggregated, arrivals := 0, 0
	for _, e := range c.story.all() {
		if e.Event == "record" && e.Aggregated {
			aggregated++
		}
		if e.Event == "record" && e.Arrival <= 0 {
			arrivals++
		}
	}
	c.h.Hold("every record, in order, as it was put", len(h.gaps) == 0 && h.missing() == 0,
		"%d user records in %d Kinesis records; %d missing; %s", c.in.count(), c.in.carried, h.missing(), first(h.gaps))
	c.h.Hold("once but behind a checkpoint that was not made", h.repeated >= 1 && h.repeated == h.unsaved,
		"%d delivered twice, %d were not checkpointed, the one that A held when it died among them", h.repeated, h.unsaved)
	c.h.Hold("resumption at the last checkpoint", len(h.resumes) == 0, "%d sessions of 3 workers; %s", h.count(), first(h.resumes))
	c.h.Hold("KPL aggregates", aggregated > 100 && h.middle >= 1,
		"%d user records with sub-sequence numbers; %d sessions began inside of an aggregate", aggregated, h.middle)
	c.h.Hold("children after their parents", len(h.families) == 0 && h.checked["shardId-000000000000"].sequence == shardEnd && h.checked["shardId-000000000003"].sequence == shardEnd,
		"a split and a merge; %s", first(h.families))
	c.h.Hold("arrival times", arrivals == 0, "%d records without one", arrivals)
	c.h.Hold("all three workers read", len(h.sessions["A"]) >= 4 && len(h.sessions["B"]) >= 1 && len(h.sessions["C"]) == 2, "%s", h.who())
	if c.mode == fanOut {
		var list struct {
			Consumers []struct{ ConsumerName, ConsumerStatus string }
		}
		arn := c.kinesis.Streams()[0].ARN
		if err := ask(ctx, c.kinesis.URL(), "Kinesis_20131202.ListStreamConsumers", "application/x-amz-json-1.1", `{"StreamARN":"`+arn+`"}`, &list); err != nil {
			return err
		}
		c.h.Hold("registered consumer", len(list.Consumers) == 1 && list.Consumers[0].ConsumerName == application, "%v", list.Consumers)
	}
	return nil
}

// settled reports whether nothing delivered waits for its checkpoint.
func (h *history) settled() bool {
	for shard, want := range h.want {
		last := h.checked[shard]
		if end := want[len(want)-1]; last.sequence != shardEnd && last != (place{end.Sequence, end.Sub}) {
			return false
		}
	}
	return true
}

func (h *history) count() (n int) {
	for _, shards := range h.sessions {
		n += len(shards)
	}
	return n
}

func (h *history) who() string {
	return fmt.Sprintf("A %d, B %d, C %d shards", len(h.sessions["A"]), len(h.sessions["B"]), len(h.sessions["C"]))
}
