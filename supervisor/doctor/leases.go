package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// checkLeaseTable looks whether the table is one that run can use.
func (d *Doctor) checkLeaseTable(ctx context.Context, fs *findings) {
	facts, err := d.leases.of(ctx)
	app := d.cfg.Application
	switch v := judge(err); {
	case v != allowed:
		fs.add(Untested, "what table %s is like: DescribeTable was not answered", app)
	case facts.Shape == leasetable.ShapeAbsent:
		fs.add(OK, "table %s is not there: the first start makes it", app)
	case facts.Shape == leasetable.ShapeLegacy:
		fs.add(Missing, "table %s is a Kinesis Client Library's (key leaseKey): its positions can be taken over", app).
			todo("stop the KCL, then kinesnow migrate --plan")
	case facts.Unfit != nil:
		f := messages.AsFault("", facts.Unfit)
		fs.add(Missing, "%s", words(f.Err)).todo("%s", f.Hint)
	case facts.Status != "ACTIVE" && facts.Status != "UPDATING":
		fs.add(Warn, "table %s is %s", app, facts.Status)
	default:
		fs.add(OK, "table %s is %s", app, facts.Status)
	}
}

// usable reports that the table is there and of our shape.
func (d *Doctor) usable(ctx context.Context) bool {
	facts, err := d.leases.of(ctx)
	return err == nil && facts.Shape == leasetable.ShapeOurs && facts.Unfit == nil
}

// checkRows looks at what the table has of the stream.
func (d *Doctor) checkRows(ctx context.Context, fs *findings) {
	if !d.usable(ctx) {
		return // checkLeaseTable has said why
	}
	rows, err := d.rows.of(ctx)
	if err != nil {
		fs.add(Untested, "what the table has of the stream: %s", words(err))
		return
	}
	if rows.Stream != nil && rows.Stream.Schema > messages.SchemaVersion {
		fs.add(Missing, "the stream is kept in schema version %d, and this program knows up to %d", rows.Stream.Schema, messages.SchemaVersion).
			todo("run the newer version of kinesnow")
		return
	}
	d.recreated(ctx, fs, rows.Stream)
	foreign := 0
	var nodes []string
	for i := range rows.Shards {
		if rows.Shards[i].Foreign {
			foreign++
		}
	}
	for _, n := range rows.Nodes {
		nodes = append(nodes, n.Node+" ("+n.Host+")")
	}
	switch drained := rows.Stream != nil && rows.Stream.Drained; {
	case foreign > 0 && !drained:
		fs.add(Warn, "%d %s another product's, and no position of ours is in them: shards stop with ADOPTED_UNDRAINED", foreign, plural(foreign, "row is")).
			todo("stop that product, let its rows land, then kinesnow migrate --drained")
	case rows.Stream == nil && len(rows.Shards) == 0:
		fs.add(OK, "nothing of this stream yet: the first start begins at %s", d.cfg.Kinesis.InitialPosition)
	case rows.Stream != nil:
		text := fmt.Sprintf("%d %s", len(rows.Shards), plural(len(rows.Shards), "shard"))
		if len(nodes) > 0 {
			text += ", node slots: " + strings.Join(nodes, ", ")
		}
		fs.add(OK, "%s", text)
	}
}

// recreated compares who the stream was at the first start with who it is.
func (d *Doctor) recreated(ctx context.Context, fs *findings, row *messages.StreamRow) {
	facts, err := d.described.of(ctx)
	if row == nil || err != nil || row.CreatedAt.Unix() == 0 {
		return
	}
	if row.ARN == facts.ARN && row.CreatedAt.Equal(facts.CreatedAt) {
		return
	}
	text := fmt.Sprintf("the rows are of the stream that was made at %s, and the one there now was made at %s", when(row.CreatedAt), when(facts.CreatedAt))
	if row.ARN != facts.ARN {
		text = fmt.Sprintf("the rows are of %s, and the stream is %s", row.ARN, facts.ARN)
	}
	if d.cfg.Kinesis.OnStreamRecreated == config.ResetOnStreamRecreated {
		fs.add(Warn, "%s: on_stream_recreated is reset, so the next start begins anew", text)
		return
	}
	fs.add(Missing, "%s: STREAM_RECREATED", text).todo("%s", messages.StreamRecreated.Hint())
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// checkIgnored names settings that no longer count, because they were decided at
// the first start.
func (d *Doctor) checkIgnored(ctx context.Context, fs *findings) {
	if !d.usable(ctx) {
		return
	}
	rows, err := d.rows.of(ctx)
	if err != nil || rows.Stream == nil || !rows.Stream.Initialised {
		return
	}
	row, wanted := rows.Stream, d.cfg.Kinesis.InitialPosition
	same := string(wanted.Kind) == row.Position && (wanted.Kind != config.AtTimestamp || wanted.At.UnixMilli() == row.Timestamp.UnixMilli())
	if same {
		return
	}
	started := ""
	if facts, err := d.leases.of(ctx); err == nil && !facts.CreatedAt.IsZero() {
		started = ", on " + facts.CreatedAt.Format(time.DateOnly) + " or later"
	}
	at := row.Position
	if !row.Timestamp.IsZero() {
		at += " " + when(row.Timestamp)
	}
	fs.add(Warn, "initial_position %s is ignored: %s started at %s%s", wanted, d.cfg.Application, at, started).
		todo("put it back, or use a new application name with a data_dir of its own, which starts anew and doubles what is in the table")
}

// checkStrangers looks for channels of the same stream under another application:
// a new name starts anew, beside rows that are there.
func (d *Doctor) checkStrangers(ctx context.Context, fs *findings) {
	if facts, err := d.leases.of(ctx); err != nil || facts.Shape != leasetable.ShapeAbsent {
		if !d.usable(ctx) {
			return
		}
		if rows, err := d.rows.of(ctx); err != nil || rows.Stream != nil {
			return // it has started, whatever was there before
		}
	}
	channels, err := d.channels(ctx)
	if err != nil {
		return // checkChannelLimit has said so
	}
	var others []string
	for _, c := range channels {
		if app, ok := applicationOf(c.Name, d.cfg.Kinesis.StreamName()); ok && app != strings.ToLower(d.cfg.Application) && !slices.Contains(others, app) {
			others = append(others, app)
		}
	}
	if len(others) > 0 {
		fs.add(Warn, "application %s has not started yet, and the table has channels of application %s from the same stream: a new name starts anew, and puts rows in twice",
			d.cfg.Application, strings.Join(others, ", ")).todo("application: %s goes on where that one stopped", others[0])
	}
}

// applicationOf takes the name of a stream's channel apart (P3): application,
// stream, ten digits, shard.
func applicationOf(channel, stream string) (application string, ok bool) {
	rest, _, found := cutLast(channel, "-shardid-")
	if !found {
		return "", false
	}
	rest, digits, found := cutLast(rest, "-")
	if !found || len(digits) != 10 {
		return "", false
	}
	return strings.CutSuffix(rest, "-"+strings.ToLower(stream))
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(strings.ToLower(text), sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}
