package actors

import (
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// TestARowOfAnotherProductStartsWhereThatSays: P7's "adopted", for the rows that
// Openflow and NiFi leave and for those that a migration made of a KCL's leases.
func TestARowOfAnotherProductStartsWhereThatSays(t *testing.T) {
	const same, other = int64(1000), int64(999)
	durable := messages.ReadFrom{Time: time.Unix(5, 0)}
	at := time.Unix(7, 0)
	for _, c := range []struct {
		name    string
		row     messages.ShardRow
		token   string
		drained bool
		stop    messages.StopCode
		from    messages.ReadFrom
	}{
		{name: "inside an aggregate", row: messages.ShardRow{PartialSeq: "10", PartialSub: 5, Foreign: true}, drained: true, from: messages.ReadFrom{After: messages.Position{Seq: "10", Sub: 5}}},
		{name: "inside an aggregate, undrained", row: messages.ShardRow{PartialSeq: "10", PartialSub: 5, Foreign: true}, stop: messages.AdoptedUndrained},
		{name: "nothing was kept", row: messages.ShardRow{Foreign: true}, drained: true, from: durable},
		{name: "nothing was kept, undrained", row: messages.ShardRow{Foreign: true}, stop: messages.AdoptedUndrained},
		{name: "TRIM_HORIZON", row: messages.ShardRow{Foreign: true, Start: "TRIM_HORIZON"}, drained: true},
		{name: "a time", row: messages.ShardRow{Foreign: true, Start: "AT_TIMESTAMP", StartAt: at}, drained: true, from: messages.ReadFrom{Time: at}},
		{name: "resolved from nothing", row: messages.ShardRow{Settled: true, Start: "TRIM_HORIZON"}},
		{name: "our first rows are in flight", row: messages.ShardRow{PartialSeq: "10", ChannelCreated: same}, drained: true, from: messages.ReadFrom{After: messages.Position{Seq: "10"}}},
		{name: "our first rows are in flight, nothing was kept", row: messages.ShardRow{Start: "TRIM_HORIZON", ChannelCreated: same}, drained: true},
		{name: "the channel of our first rows is gone", row: messages.ShardRow{PartialSeq: "10", ChannelCreated: other}, drained: true, stop: messages.TokenLost},
		{name: "our first rows are committed", token: messages.Token{Position: messages.Position{Seq: "11"}, Shard: shard0}.String(), row: messages.ShardRow{PartialSeq: "10", Foreign: true}, from: messages.ReadFrom{After: messages.Position{Seq: "11"}}},
	} {
		c.row.Shard = shard0
		opening := &messages.Opening{ChannelStatus: messages.ChannelStatus{Token: c.token, CreatedMS: same}}
		start, fault := DecideStart(&c.row, opening, durable, c.drained)
		switch {
		case c.stop != "":
			if fault == nil || fault.Stop != c.stop {
				t.Errorf("%s: start %+v, fault %v; want %s", c.name, start, fault, c.stop)
			}
		case fault != nil || start.From != c.from:
			t.Errorf("%s: start %+v, fault %v; want %s", c.name, start, fault, c.from)
		}
	}
}
