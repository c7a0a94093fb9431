package history

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Line is one thing that happened.
type Line struct {
	At     time.Time      `json:"at"`
	Node   string         `json:"node"`  // as its folder is called
	Epoch  int64          `json:"epoch"` // of the lease that it happened under; 0 = before any
	Kind   messages.Kind  `json:"kind"`
	Text   string         `json:"text"`
	Event  messages.Event `json:"-"`
	Fields map[string]any `json:"event"`
}

// textOf puts an event into words; "" for one that tells a human nothing.
func textOf(e messages.Event) string {
	switch e := e.(type) {
	case *messages.Opened:
		if e.Start.IsZero() {
			return fmt.Sprintf("generation %d begins at the shard's start: %s", e.Epoch, e.Why)
		}
		return fmt.Sprintf("generation %d begins after %s: %s", e.Epoch, brief(e.Start), e.Why)
	case *messages.BatchAppended:
		return fmt.Sprintf("appended %s of %s, %s", rows(e.Rows), records(e.Records), stretch(e.From, e.To)) + without(e.Discarded, e.Filtered)
	case *messages.Committed:
		text := fmt.Sprintf("committed %s up to %s", rows(e.Rows), brief(e.To))
		if e.Rejected > 0 {
			text += fmt.Sprintf("; Snowflake REJECTED %d of them", e.Rejected)
		}
		return text
	case *messages.Checkpointed:
		text := "checkpoint at " + brief(e.To)
		if !e.Skipped.IsZero() {
			text += ", no rows from there to " + brief(e.Skipped)
		}
		if e.Settled {
			text += ", nothing in flight"
		}
		return text
	case *messages.RecordsDiscarded:
		return fmt.Sprintf("discarded %s, %s: %s", records(e.Count), stretch(e.From, e.To), e.Cause)
	case *messages.RecordsFiltered:
		return fmt.Sprintf("filtered %s out, %s", records(e.Count), stretch(e.From, e.To))
	case *messages.Rewound:
		return fmt.Sprintf("went back from %s to %s: what lies between was never committed", brief(e.From), brief(e.To))
	case *messages.Recovered:
		return recovered(e)
	case *messages.GapDetected:
		return fmt.Sprintf("GAP: records after %s%s expired before they could be read (%s to %s)", brief(e.From), upTo(e.To), clock(e.FromTime), clock(e.ToTime))
	case *messages.Parked:
		return fmt.Sprintf("STOPPED %s: %s", e.Code, e.Text)
	case *messages.Resolved:
		text := fmt.Sprintf("%s resolved %s with --from %s", e.Who, e.Code, e.From)
		if !e.Start.IsZero() && e.From != e.Start.String() {
			text += ", which is " + brief(e.Start)
		}
		return text + ": " + e.Why
	case *messages.ShardEnded:
		return ended(e)
	case *messages.Faulted:
		return fmt.Sprintf("generation %d ended, %s (%s): %s", e.Generation, e.Reason, e.Class, e.Text)
	case *messages.Adopted:
		return "adopted the shard from another product, which had left it at " + brief(messages.Position{Seq: e.Sequence, Sub: messages.Whole})
	case *messages.LeaseTaken:
		if e.From != "" {
			return "took the lease over from " + string(e.From) + ", which did not renew it"
		}
		return "took the lease"
	case *messages.LeaseDropped:
		return "gave the lease up: " + e.Why
	case *messages.ShardDiscovered:
		return discovered(e)
	case *messages.Paused:
		return "paused" + ofAll(e.Shards)
	case *messages.Resumed:
		return "resumed" + ofAll(e.Shards)
	}
	return ""
}

// ofAll says that a pause was not the shard's alone.
func ofAll(shards []messages.ShardID) string {
	if len(shards) == 0 {
		return ", with all shards of the connector"
	}
	return ""
}

func recovered(e *messages.Recovered) string {
	where := stretch(e.From, e.To)
	switch e.Source {
	case "ledger":
		return fmt.Sprintf("found %s committed and not checkpointed, %s; the ledger has them", rows(e.Counters.Committed), where)
	case "reread":
		return fmt.Sprintf("found %s committed and not checkpointed, %s; counted by reading them again", rows(e.Counters.Committed), where)
	}
	return fmt.Sprintf("found rows committed and not checkpointed, %s; nobody can count them any more", where)
}

func ended(e *messages.ShardEnded) string {
	if e.Trimmed {
		return "the shard ENDED: its records expired unread"
	}
	text := "the shard ended, all of it is committed"
	switch len(e.Children) {
	case 0:
		return text
	case 1:
		return text + "; merged into shard " + numbers(e.Children)
	}
	return text + "; split into shards " + numbers(e.Children)
}

func discovered(e *messages.ShardDiscovered) string {
	switch len(e.Parents) {
	case 0:
		return "found the shard"
	case 1:
		return "found the shard, split from shard " + numbers(e.Parents)
	}
	return "found the shard, merged from shards " + numbers(e.Parents)
}

// numbers names shards as people do: 3 for shardId-000000000003.
func numbers(shards []messages.ShardID) string {
	var list []string
	for _, s := range shards {
		text := strings.TrimPrefix(string(s), "shardId-")
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			text = strconv.FormatUint(n, 10)
		}
		list = append(list, text)
	}
	return strings.Join(list, " and ")
}

func without(discarded, filtered int64) string {
	var list []string
	if discarded > 0 {
		list = append(list, fmt.Sprintf("%d discarded", discarded))
	}
	if filtered > 0 {
		list = append(list, fmt.Sprintf("%d filtered", filtered))
	}
	if list == nil {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}

func rows(n int64) string    { return plural(n, "row") }
func records(n int64) string { return plural(n, "record") }

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func stretch(from, to messages.Position) string {
	if from == to || from.Seq == to.Seq && to.Sub == messages.Whole {
		return brief(to)
	}
	return brief(from) + " to " + brief(to)
}

func upTo(to messages.Position) string {
	if to.IsZero() {
		return ""
	}
	return " and before " + brief(to)
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// brief shortens a position to what tells it from its neighbours. -o json has
// all of it.
func brief(p messages.Position) string {
	text := p.String()
	const kept = 14
	if len(text) > kept+2 {
		return ".." + text[len(text)-kept:]
	}
	return text
}
