package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// destination is the table, as far as SQL shows it.
type destination struct {
	table   *warehouse.Table // nil = not there, or not seen
	created bool             // on_missing_table makes it
	hidden  error            // why it was not seen
}

// snowflake looks at table, pipe and channels. Rows need no SQL, so what SQL
// may not see is said, and no more.
func (p *Planner) snowflake(ctx context.Context, r *Report, l *leases) destination {
	d := p.describe(ctx, r)
	now, later := actors.Eligible(l.rows)
	channels, waiting := p.channelNames(l, now), p.channelNames(l, later)
	statuses, err := p.channels.Status(ctx, channels)
	if err != nil && !noPipe(err) {
		r.fail(err)
		return d
	}
	pipe := p.cfg.Snowflake.PipeName()
	absent := err != nil
	switch {
	case absent && p.cfg.Snowflake.Pipe != "":
		r.stops(messages.Stopped(messages.TargetMissing, "", "pipe %s is not there, or this role may not use it: kinesnow setup grants prints what makes one", pipe))
		return d
	case absent && d.table == nil && !d.created && d.hidden == nil:
		r.stops(messages.Stopped(messages.TargetMissing, "", "table %s is not there, or this role may not see it: kinesnow setup grants prints what makes it, on_missing_table: create makes it at the start", r.Target))
		return d
	case absent:
		r.add(Create, Pipe, []string{pipe}, "Snowflake makes it when the first channel is opened")
	default:
		r.add(There, Pipe, []string{pipe}, "")
	}
	p.openings(r, l, channels, waiting, statuses)
	return d
}

// describe looks at the table by SQL, which needs no warehouse.
func (p *Planner) describe(ctx context.Context, r *Report) destination {
	s := p.cfg.Snowflake
	path := []string{r.Target}
	table, err := p.sql.Describe(ctx, s.Table)
	switch {
	case err == nil:
		r.add(There, Table, path, "%s", kindOf(table, p.cfg.Snowflake.SchemaEvolution))
		if s.OnMissingTable == config.CreateMissingTable {
			r.add(Ignored, Setting, []string{"snowflake.on_missing_table"}, "create: the table is there")
		}
		return destination{table: table}
	case missing(err) && s.OnMissingTable == config.CreateMissingTable:
		ddl, err := p.sql.Creation(s.Table)
		if err != nil { // validated with the configuration
			r.fail(err)
			return destination{}
		}
		r.add(Create, Table, path, "on_missing_table: create").SQL = []string{ddl}
		return destination{created: true}
	case missing(err):
		return destination{}
	}
	r.add(Unseen, Table, path, "SQL cannot show it: %s", firstLine(err))
	return destination{hidden: err}
}

// noPipe reports whether a status was refused because its pipe is not there; a
// default pipe is not, until a channel was opened.
func noPipe(err error) bool {
	var f *messages.Fault
	return missing(err) || errors.As(err, &f) && f.Complete && (f.Reason == messages.ReasonGone || f.Reason == messages.ReasonInvalidated)
}

func missing(err error) bool {
	var f *messages.Fault
	return errors.As(err, &f) && f.Stop == messages.TargetMissing
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// kindOf says what matters of a table.
func kindOf(t *warehouse.Table, by config.SchemaEvolution) string {
	evolves, keeps := "fixed columns", "rejected rows are counted, not kept"
	switch {
	case by == config.ClientEvolution:
		evolves = "kinesnow adds columns before rows need them"
	case t.SchemaEvolution:
		evolves = "Snowflake adds columns as rows arrive"
	}
	if t.ErrorLogging {
		keeps = "rejected rows are kept"
	}
	return fmt.Sprintf("%s of %s; %s; %s", t.Kind, several(len(t.Columns), "column"), evolves, keeps)
}

func (p *Planner) channelNames(l *leases, shards []messages.ShardID) []string {
	list := make([]string, len(shards))
	for i, shard := range shards {
		list[i] = p.channel(l, shard)
	}
	return list
}

// openings are the channels that are opened at once, and those that wait for a
// parent shard's end.
func (p *Planner) openings(r *Report, l *leases, channels, waiting []string, statuses map[string]*messages.ChannelStatus) {
	var there, made []string
	for _, name := range channels {
		if statuses[name] != nil {
			there = append(there, name)
		} else {
			made = append(made, name)
		}
	}
	if fault := actors.NoRoom(l.rows); fault != nil {
		r.stops(fault)
		return
	}
	use, _ := actors.UseOf(l.rows)
	if len(there) > 0 {
		r.add(There, Channels, there, "opened again, which fences whoever had them")
	}
	if len(made)+len(waiting) > 0 {
		r.add(Create, Channels, made, "%d of the %s that a pipe takes will be in use", max(use.Open+use.Ended, len(there))+len(made), humanize.Comma(messages.MaxChannels)).Later = waiting
	}
}
