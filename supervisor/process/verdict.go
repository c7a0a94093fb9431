package process

import (
	"slices"

	"github.com/kinesnow/kinesnow/messages"
)

// The exit codes of a process (contract.md "Verbs").
const (
	ExitFine        = 0
	ExitFailure     = 1
	ExitFindings    = 2
	ExitUnreachable = 69
)

// verdict is what one look at all connectors means.
type verdict uint8

const (
	goOn     verdict = iota
	caughtUp         // run --until-caught-up has come to its end
	allOver          // nothing works any more, and nothing that a human could resolve is left
)

// judge decides. It is pure; Run acts on a verdict that it saw twice in a row.
func judge(round []sighting, untilCaughtUp bool) verdict {
	over := func(s sighting) bool { return s.lost || s.state != nil && halted(s.state) && !resolvable(s.state) }
	done := func(s sighting) bool {
		return over(s) || s.state != nil && (s.state.CaughtUp() || halted(s.state) || stuck(s.state))
	}
	switch {
	case len(round) == 0:
		return allOver
	case !slices.ContainsFunc(round, func(s sighting) bool { return !over(s) }):
		return allOver
	case untilCaughtUp && !slices.ContainsFunc(round, func(s sighting) bool { return !done(s) }):
		return caughtUp
	}
	return goOn
}

// halted reports whether the connector, or every shard of it, is parked.
func halted(s *messages.State) bool { return s.Health == messages.Halted }

// stuck reports whether nothing will come of waiting: some shard stands still,
// and every other one of this process has caught up. Shards that are listed and
// not here may be its children, which only begin after it.
func stuck(s *messages.State) bool {
	still := false
	for i := range s.Shards {
		switch sh := &s.Shards[i]; {
		case sh.Phase.StandsStill():
			still = true
		case !sh.CaughtUp && sh.Phase != messages.PhaseEnded:
			return false
		}
	}
	return still
}

// resolvable reports whether a parked shard waits for kinesnow resolve, which
// needs this process. What is missing or refused is mended elsewhere.
func resolvable(s *messages.State) bool {
	return slices.ContainsFunc(s.Shards, func(sh messages.ShardState) bool {
		return sh.Phase == messages.PhaseParked && sh.Stop.ExitCode() == ExitFindings
	})
}

// exitCode is the process's code when a verdict ended it: where all is parked,
// the first connector's by name.
func exitCode(v verdict, round []sighting, found *findings) int {
	switch {
	case v == allOver && (len(round) == 0 || round[0].state == nil || round[0].state.Stop == ""):
		return ExitFailure
	case v == allOver:
		return round[0].state.Stop.ExitCode()
	case v == caughtUp && (found.gaps.Load() > 0 || found.rejected.Load() > 0 || parked(round) || paused(round) || stoppedElsewhere(round)):
		return ExitFindings
	}
	return ExitFine
}

// paused reports whether anything is.
func paused(round []sighting) bool {
	return slices.ContainsFunc(round, func(s sighting) bool {
		return s.state != nil && (len(pausedShards(s.state)) > 0 || s.state.Elsewhere.Paused > 0)
	})
}

// stoppedElsewhere reports whether another process has stopped a shard.
func stoppedElsewhere(round []sighting) bool {
	return slices.ContainsFunc(round, func(s sighting) bool { return s.state != nil && len(s.state.Elsewhere.Stopped) > 0 })
}

// pausedShards are those of a process.
func pausedShards(s *messages.State) (ids []messages.ShardID) {
	for i := range s.Shards {
		if s.Shards[i].Phase == messages.PhasePaused {
			ids = append(ids, s.Shards[i].Shard)
		}
	}
	return ids
}

// parked reports whether anything is, or a connector was lost.
func parked(round []sighting) bool {
	return slices.ContainsFunc(round, func(s sighting) bool {
		return s.lost || s.state != nil && (halted(s.state) || slices.ContainsFunc(s.state.Shards, func(sh messages.ShardState) bool {
			return sh.Phase == messages.PhaseParked
		}))
	})
}
