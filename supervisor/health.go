package supervisor

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// judge says how the connector is, from what its shards report.
func (k *connector) judge(s *messages.State) (health messages.Health, why string, stop messages.StopCode, hint string) {
	if k.drain != nil {
		return messages.Draining, "", "", ""
	}
	if f := k.parked; f != nil {
		return messages.Halted, firstLine(f.Error()), f.Stop, f.Hint
	}
	if k.node == nil {
		return messages.Starting, "", "", ""
	}
	parked, failing, silence := 0, 0, ""
	for i := range s.Shards {
		sh := &s.Shards[i]
		switch {
		case sh.Phase == messages.PhaseParked:
			parked++
			stop, why, hint = sh.Stop, sh.Error, sh.Hint
		case sh.Failing:
			failing++
			why = sh.Error
		case sh.Error != "":
			silence = ": " + sh.Error
		}
	}
	switch {
	case parked > 0 && parked == len(s.Shards):
		return messages.Halted, why, stop, hint
	case parked > 0:
		return messages.Degraded, strconv.Itoa(len(s.Shards)-parked) + " of " + strconv.Itoa(len(s.Shards)) + " shards flowing", "", ""
	case k.node.Blind != "":
		return messages.Degraded, "leases cannot be looked after: " + k.node.Blind, "", ""
	case failing > 0:
		return messages.Degraded, why, "", ""
	case s.Channels.Waiting > 0:
		return messages.Degraded, noRoom(s.Channels), messages.ChannelLimit, messages.ChannelLimit.Hint()
	case len(s.Shards) > 0 && !k.reached(s):
		return messages.Starting, "", "", ""
	}
	if s.Schema != nil && s.Schema.Error != "" {
		return messages.Degraded, "columns cannot be added: " + s.Schema.Error, "", s.Schema.Hint
	}
	if !k.still.IsZero() && s.At.Sub(k.still) >= stillAfter {
		return messages.Degraded, "no shard has flowed for a minute" + silence, "", ""
	}
	if n := len(s.Unowned); n > 0 {
		return messages.Degraded, "shards that no process has worked on for 2 minutes: " + strconv.Itoa(n) + ", the first is " + string(s.Unowned[0]), "",
			"the logs of every process say why it is not claimed"
	}
	if lasts := k.pauseLasts(s.At); lasts != "" {
		return messages.Degraded, lasts, "", "kinesnow resume " + k.plant.name
	}
	if polled := k.plant.polled.why(); polled != "" {
		return messages.Flowing, polled, "", ""
	}
	if len(s.Shards) == 0 && s.Done < s.Listed && k.node.Idle {
		return messages.Flowing, "no lease is free: other processes hold them", "", ""
	}
	return messages.Flowing, "", "", ""
}

// noRoom says that shards cannot be read because the pipe has no room for their
// channels.
func noRoom(use messages.ChannelUse) string {
	text := strconv.Itoa(use.Waiting) + " shards wait for a channel: the pipe has " + strconv.Itoa(use.Open+use.Ended) +
		" of this connector, " + strconv.Itoa(use.Ended) + " of them of shards that ended less than an hour ago"
	if use.Beside > 0 {
		text += ", and " + strconv.Itoa(use.Beside) + " of other connectors of this process"
	}
	return text
}

// reached reports whether both ends were reached once: some shard flowed, or
// there is none to work on, or what stops one is known.
func (k *connector) reached(s *messages.State) bool {
	for i := range s.Shards {
		switch s.Shards[i].Phase {
		case messages.PhaseFlowing, messages.PhaseEnded, messages.PhaseParked, messages.PhasePaused:
			return true
		}
	}
	return k.met || k.node != nil && len(s.Shards) == 0 && (k.node.Idle || s.Done >= s.Listed)
}

// watch notes since when shards wait to flow and none does: they all open their
// channels, or wait before they do so again. Where that lasts it is an outage,
// though a generation that nobody answers takes a minute by itself, and one that
// gets no lease never ends.
func (k *connector) watch(s *messages.State) {
	waiting := false
	for i := range s.Shards {
		switch s.Shards[i].Phase {
		case messages.PhaseFlowing:
			k.still = time.Time{}
			return
		case messages.PhaseOpening, messages.PhaseBackoff:
			waiting = true
		}
	}
	switch {
	case !waiting:
		k.still = time.Time{}
	case k.still.IsZero():
		k.still = s.At
	}
}

// publish makes the newest state readable for metrics and HTTP without asking
// the actor, and records when the health or the stop code behind it changed.
func (k *connector) publish(c actor.Context) {
	s := k.state()
	if s.Health != k.ledger.Health || s.Stop != k.ledger.Stop {
		k.record(c, &messages.HealthChanged{From: k.ledger.Health, To: s.Health, Stop: s.Stop, Why: s.Why, At: time.Now().UTC()})
	}
	k.plant.published.Store(s)
	k.publishedAt = time.Now()
}

// publishEvery is how often reports are published: a state holds every shard, so
// less often where there are many, and at least with each tick.
func (k *connector) publishEvery() time.Duration {
	return max(publishLeast, time.Duration(len(k.shards))*publishPerShard)
}
