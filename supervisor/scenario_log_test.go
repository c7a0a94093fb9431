package supervisor

import (
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// ledger is what the processes' ledgers kept of each shard, in order, without
// what differs from run to run: times but those of a gap, ids, byte counts.
func (r *stage) ledger() (lines []string) {
	for _, id := range r.shards() {
		for _, n := range r.nodes {
			err := r.disks[n.name].Read(r.t.Context(), actors.ShardStream(id), 0, func(e messages.Entry) bool {
				event, err := messages.Decode(e.Kind, e.Body)
				if err != nil {
					r.t.Error(err)
					return false
				}
				kind, _, _ := strings.Cut(string(e.Kind), ".")
				lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", shardNumber(id), kind, r.describe(event))))
				return true
			})
			if err != nil {
				r.t.Error(err)
			}
		}
	}
	return lines
}

// describe says what an event says, in words that stay.
func (r *stage) describe(e messages.Event) string {
	switch e := e.(type) {
	case *messages.Opened:
		token := "none"
		if e.Token != "" {
			token = e.Token
			if t, err := messages.ParseToken(e.Token, e.Shard); err == nil {
				token = t.Position.String()
			}
		}
		return fmt.Sprintf("generation %d, token %s: after %s from %s (%s)", e.Generation, token, e.Start, e.From, e.Why)
	case *messages.BatchAppended:
		text := fmt.Sprintf("generation %d, %s to %s: %d records, %d rows", e.Generation, e.From, e.To, e.Records, e.Rows)
		if e.Discarded+e.Filtered > 0 {
			text += fmt.Sprintf(", %d discarded, %d filtered", e.Discarded, e.Filtered)
		}
		return text
	case *messages.RecordsDiscarded:
		return fmt.Sprintf("%s to %s: %d, %s", e.From, e.To, e.Count, e.Cause)
	case *messages.RecordsFiltered:
		return fmt.Sprintf("%s to %s: %d", e.From, e.To, e.Count)
	case *messages.Committed:
		return fmt.Sprintf("to %s: %d rows", e.To, e.Rows)
	case *messages.Checkpointed:
		text := "K " + e.To.String()
		if !e.Skipped.IsZero() {
			text += ", S " + e.Skipped.String()
		}
		if e.Settled {
			text += ", settled"
		}
		c := e.Counters
		return text + fmt.Sprintf("; read %d, discarded %d, filtered %d, committed %d", c.Read, c.Discarded, c.Filtered, c.Committed)
	case *messages.Rewound:
		return fmt.Sprintf("from %s to %s", e.From, e.To)
	case *messages.Recovered:
		return fmt.Sprintf("%s to %s: %d rows, by %s", e.From, e.To, e.Counters.Committed, e.Source)
	case *messages.GapDetected:
		return fmt.Sprintf("%s to %s, %s to %s", e.From, e.To, r.clock(e.FromTime), r.clock(e.ToTime))
	case *messages.Parked:
		return string(e.Code) + ": " + e.Text
	case *messages.Resolved:
		start := "after " + e.Start.String()
		if e.Start.IsZero() {
			start = "where the opening says"
		}
		return fmt.Sprintf("%s from %s: %s (%s: %s)", e.Code, e.From, start, e.Who, e.Why)
	case *messages.ShardEnded:
		text := "after " + e.Last.String()
		if e.Trimmed {
			text += ", trimmed"
		}
		for _, child := range e.Children {
			text += ", child " + shardNumber(child)
		}
		return text
	case *messages.Faulted:
		return fmt.Sprintf("generation %d, %s, %s: %s", e.Generation, e.Class, e.Reason, e.Text)
	case *messages.Adopted:
		return "at " + string(e.Sequence)
	}
	r.t.Errorf("%T has no words", e)
	return ""
}

// clock is a time since the scenario began, in whole seconds.
func (r *stage) clock(at time.Time) string {
	if at.IsZero() {
		return "unknown"
	}
	return at.Sub(r.began).Truncate(time.Second).String()
}
