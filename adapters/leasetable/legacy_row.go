package leasetable

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// LatestAs says where a lease starts whose KCL checkpoint is LATEST: the KCL
// never stored which moment that was.
type LatestAs string

// The answers to LATEST.
const (
	LatestUnanswered LatestAs = ""
	LatestAsHorizon  LatestAs = "trim_horizon" // loses nothing, may repeat what the KCL had read
	LatestAsNow      LatestAs = "now"          // leaves out what came since the KCL stopped
)

// MigratedRow is what one lease becomes.
type MigratedRow struct {
	Stream string           `json:"stream"`
	Shard  messages.ShardID `json:"shard"`
	From   string           `json:"from"`   // the KCL's checkpoint, SEQUENCE/SUB or its word
	Starts string           `json:"starts"` // where kinesnow goes on

	item item // keys included
}

// legacyPlan is what all leases of a table become.
type legacyPlan struct {
	rows     []MigratedRow // by stream and shard
	problems []string      // why the leases cannot be taken over
	doubts   []string      // why they perhaps should not be; Force overrides
	notes    []string
	streams  map[string]streamID // of a table of several streams
}

// streamID is a stream as a KCL's keys name it.
type streamID struct {
	account string
	created int64
}

// rows works out what the leases become (specs/kinesis-consumption.md 8, step
// 3). A table of several streams keeps all of them, each under its own name.
func (o *MigrationSettings) plan(table *Table, scan *legacyScan) *legacyPlan {
	p := &legacyPlan{problems: slices.Clone(scan.problems), streams: map[string]streamID{}}
	several := slices.ContainsFunc(scan.leases, func(l LegacyLease) bool { return l.Stream != "" })
	newest := map[string]streamID{}
	for _, l := range scan.leases {
		if l.Stream == "" {
			if several {
				p.problems = append(p.problems, fmt.Sprintf("item %q: names no stream, in a table of several streams", l.Key))
			}
			continue
		}
		id := streamID{l.Account, l.Created}
		known, seen := newest[l.Stream]
		if seen && known.account != id.account {
			p.problems = append(p.problems, fmt.Sprintf("item %q: accounts %s and %s both have a stream %s; one lease table holds one of a name", l.Key, known.account, id.account, l.Stream))
		}
		if !seen || known.created < id.created {
			newest[l.Stream] = id
		}
	}
	if own, ok := o.identity(); ok && several {
		if found, is := newest[table.stream]; is && found != own {
			p.problems = append(p.problems, fmt.Sprintf("the leases of stream %s are of account %s and its creation at %s, the stream is of %s and %s: a stream that was deleted and created again has no positions to take over",
				table.stream, found.account, moment(found.created), own.account, moment(own.created)))
		}
	}
	old := map[string]int{}
	for _, l := range scan.leases {
		stream := table.stream
		if l.Stream != "" {
			if stream = l.Stream; newest[stream].created != l.Created {
				old[stream]++
				continue
			}
			p.streams[stream] = newest[stream]
		}
		row, err := o.row(stream, l)
		if err != nil {
			p.problems = append(p.problems, fmt.Sprintf("item %q: %v", l.Key, err))
			continue
		}
		p.rows = append(p.rows, row)
	}
	for _, stream := range slices.Sorted(maps.Keys(old)) {
		p.notes = append(p.notes, fmt.Sprintf("%d leases of an earlier stream %s, which was deleted, are left out", old[stream], stream))
	}
	for _, kind := range slices.Sorted(maps.Keys(scan.skipped)) {
		p.notes = append(p.notes, fmt.Sprintf("%d items of kind %s are no leases and are left out", scan.skipped[kind], kind))
	}
	p.notes = append(p.notes,
		"the new table is PAY_PER_REQUEST with AWS's own key: tags, backups, encryption and protection of the old one are not carried over",
		"tables "+table.name+"-CoordinatorState and "+table.name+"-WorkerMetricStats, which a KCL 3 may have made, are left; nobody needs them any more")
	o.doubt(p, scan, table.stream)
	slices.SortFunc(p.rows, func(a, b MigratedRow) int {
		if c := strings.Compare(a.Stream, b.Stream); c != 0 {
			return c
		}
		return strings.Compare(string(a.Shard), string(b.Shard))
	})
	return p
}

// identity is the stream that the connector reads, where it is known.
func (o *MigrationSettings) identity() (streamID, bool) {
	parts := strings.Split(o.Stream.ARN, ":")
	if len(parts) != 6 {
		return streamID{}, false
	}
	return streamID{parts[4], o.Stream.CreatedAt.Unix()}, true
}

func moment(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }

// row makes the row of one lease. It has no owner: whoever starts next takes
// it.
func (o *MigrationSettings) row(stream string, l LegacyLease) (MigratedRow, error) {
	it := item{attrStream: text(stream), attrShard: text(l.Shard)}
	r := MigratedRow{Stream: stream, Shard: l.Shard, From: l.Checkpoint, item: it}
	switch l.Checkpoint {
	case kclEnded:
		it[attrState], it[attrSettled] = text(stateEnded), truth(true)
		r.Starts = "never: it was read to its end"
	case kclHorizon:
		it[attrPosition] = text(kclHorizon)
		r.Starts = kclHorizon
	case kclLatest:
		switch o.LatestAs {
		case LatestAsHorizon:
			it[attrPosition] = text(kclHorizon)
			r.Starts = kclHorizon
		case LatestAsNow:
			r.startAt(o.Stream.Now)
		default:
			return r, fmt.Errorf("the KCL was at LATEST and read nothing yet; which moment that was is nowhere kept: say --latest-as trim_horizon (repeats rather than loses) or --latest-as now")
		}
	case kclTimestamp:
		if o.Position != kclTimestamp || o.Start.IsZero() {
			return r, fmt.Errorf("the KCL was to start at a time, which it does not store: set kinesis.initial_position to that time")
		}
		r.startAt(o.Start)
	default:
		at := messages.Position{Seq: messages.SequenceNumber(l.Checkpoint), Sub: l.Sub}
		it[attrPartialSeq], it[attrPartialSub] = text(l.Checkpoint), number(l.Sub)
		r.From, r.Starts = at.String(), "after "+at.String()
	}
	if len(l.Parents) > 0 {
		it[attrParents] = shardSet(l.Parents)
	}
	if len(l.Children) > 0 {
		it[attrChildren] = shardSet(l.Children)
	}
	if l.HashFrom != "" && l.HashTo != "" {
		it[attrHashFrom], it[attrHashTo] = text(l.HashFrom), text(l.HashTo)
	}
	return r, nil
}

func (r *MigratedRow) startAt(t time.Time) {
	r.item[attrPosition], r.item[attrTimestamp] = text(kclTimestamp), number(t.UnixMilli())
	r.Starts = kclTimestamp + " " + t.UTC().Format(time.RFC3339Nano)
}

// doubt asks whether the leases are this stream's at all: a table of one
// stream names it nowhere.
func (o *MigrationSettings) doubt(p *legacyPlan, scan *legacyScan, stream string) {
	listed := map[messages.ShardID]messages.Shard{}
	for _, s := range o.Shards {
		listed[s.ID] = s
	}
	known := 0
	for _, l := range scan.leases {
		s, ok := listed[l.Shard]
		if !ok || l.Stream != "" && l.Stream != stream {
			continue
		}
		known++
		switch {
		case l.HashFrom != "" && (l.HashFrom != s.HashFrom || l.HashTo != s.HashTo):
			p.doubts = append(p.doubts, fmt.Sprintf("item %q: the lease's hash keys are %s to %s, those of the shard of stream %s are %s to %s", l.Key, l.HashFrom, l.HashTo, stream, s.HashFrom, s.HashTo))
		case messages.SequenceNumber(l.Checkpoint).Valid() && messages.SequenceNumber(l.Checkpoint).Compare(s.Starting) < 0:
			p.doubts = append(p.doubts, fmt.Sprintf("item %q: the checkpoint %s is before the shard's first sequence number %s in stream %s", l.Key, l.Checkpoint, s.Starting, stream))
		}
	}
	if len(p.rows) > 0 && len(o.Shards) > 0 && known == 0 {
		p.doubts = append(p.doubts, fmt.Sprintf("none of the leases is of a shard that stream %s has now", stream))
	}
}
