package doctor

import (
	"context"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// pipeHolds is how many channels Snowflake allows a pipe (Snowpipe Streaming
// limitations page); messages.MaxChannels of them are a connector's.
const pipeHolds = 2000

// fewLeft is the part of the limit above which somebody should know.
const fewLeft = 0.8

// channels lists those into the table.
func (d *Doctor) channels(ctx context.Context) ([]warehouse.Channel, error) {
	if _, err := d.session.of(ctx); err != nil {
		return nil, err
	}
	w, err := d.sql.of(ctx)
	if err != nil {
		return nil, err
	}
	return w.Channels(ctx, d.cfg.Snowflake.Table)
}

// checkChannelLimit counts the channels that the connector has or will want, and
// those of others on the same pipe.
func (d *Doctor) checkChannelLimit(ctx context.Context, fs *findings) {
	ours, waiting, known := d.channelsWanted(ctx)
	if !known {
		fs.add(Untested, "how many channels the stream takes: neither its shards nor the lease table could be read")
		return
	}
	others := 0
	if channels, err := d.channels(ctx); err == nil {
		for _, c := range channels {
			app, ok := applicationOf(c.Name, d.cfg.Kinesis.StreamName())
			mine := ok && app == strings.ToLower(d.cfg.Application)
			if !mine && (c.Pipe == "" || c.Pipe == d.cfg.Snowflake.PipeName()) {
				others++
			}
		}
	}
	switch {
	case ours > messages.MaxChannels || waiting > 0:
		fs.add(Missing, "%d shards want a channel each, and a connector has %d of a pipe's: CHANNEL_LIMIT", ours, messages.MaxChannels).
			todo("merge shards (aws kinesis update-shard-count), or give connectors that share a pipe one each (snowflake.pipe)").code(exitUnreachable)
	case ours+others > pipeHolds:
		fs.add(Missing, "%d channels are wanted beside %d of others on pipe %s, which holds %d", ours, others, d.cfg.Snowflake.PipeName(), pipeHolds).
			todo("give this connector a pipe of its own (snowflake.pipe)").code(exitUnreachable)
	case float64(ours) > fewLeft*messages.MaxChannels:
		fs.add(Warn, "%d of %d channels are used or wanted: a reshard could meet the limit", ours, messages.MaxChannels).todo("merge shards, or split the stream")
	case others > 0:
		fs.add(OK, "%d of %d channels used or wanted, beside %d of others on the same pipe", ours, messages.MaxChannels, others)
	default:
		fs.add(OK, "%d of %d channels used or wanted", ours, messages.MaxChannels)
	}
}

// channelsWanted counts by the lease table where the application has started, else
// by the stream's open shards.
func (d *Doctor) channelsWanted(ctx context.Context) (ours, waiting int, known bool) {
	if d.usable(ctx) {
		if rows, err := d.rows.of(ctx); err == nil && rows.Stream != nil {
			use, wanting := actors.UseOf(rows.Shards)
			return use.Open + use.Ended + wanting, use.Waiting, true
		}
	}
	shards, err := d.shards.of(ctx)
	return len(openOf(shards)), 0, err == nil
}

// checkChannelStates asks how the connector's channels are: as the connector
// itself does, every half second.
func (d *Doctor) checkChannelStates(ctx context.Context, fs *findings) {
	if !d.usable(ctx) {
		return
	}
	rows, err := d.rows.of(ctx)
	if err != nil || rows.Stream == nil {
		return
	}
	stream := &messages.Stream{Name: d.cfg.Kinesis.StreamName(), ARN: rows.Stream.ARN, CreatedAt: rows.Stream.CreatedAt}
	var names []string
	for i := range rows.Shards {
		if r := &rows.Shards[i]; r.HasChannel() && !r.Ended {
			names = append(names, supervisor.ChannelName(d.cfg.Application, stream, r.Shard))
		}
	}
	client, err := d.pipe.of(ctx)
	if len(names) == 0 || err != nil {
		return
	}
	statuses, err := client.Status(ctx, names)
	switch f := messages.AsFault("", err); {
	case err == nil:
	case f.Reason == messages.ReasonGone || f.Reason == messages.ReasonInvalidated || f.Stop == messages.TargetMissing:
		fs.add(Untested, "how the channels are: pipe %s is not to be seen under this name", d.cfg.Snowflake.PipeName())
		return
	default:
		fs.add(Untested, "how the channels are: %s", words(bare(err)))
		return
	}
	healthy := 0
	ill := map[string][]string{}
	for name, s := range statuses {
		if s.Healthy {
			healthy++
			continue
		}
		ill[s.Code] = append(ill[s.Code], name)
	}
	if healthy > 0 {
		fs.add(OK, "%d %s healthy", healthy, plural(healthy, "channel"))
	}
	for _, code := range sorted(ill) {
		slices.Sort(ill[code])
		fs.add(Warn, "%d %s %s, such as %s: the connector opens it again when it runs", len(ill[code]), plural(len(ill[code]), "channel"), code, ill[code][0])
	}
}
