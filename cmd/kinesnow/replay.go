package main

import (
	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/replay"
)

func replayCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "replay [NAME] --from TIME|POSITION --to TIME|POSITION --table OTHER",
		Short: "Read a stretch of a stream again, into another table",
		Long: `Reads the records between --from and --to again and writes them into another
table of the same schema, through channels of its own. The live flow is not
touched, and the live table is refused. The table has to exist, as the live one
does: CREATE TABLE OTHER LIKE ORDERS.

A time is RFC 3339 and means the record's arrival: at --from or later, before
--to. A position is SEQUENCE or SEQUENCE/SUB of one shard (--shard), and both
ends are included. --from TRIM_HORIZON is the oldest record that there is.

Shards are polled. Kinesis lets all readers of a shard together have 2 MiB and 5
calls a second; a replay takes half of that at most, so where other consumers
poll too, all of them get less while it runs.

Order is kept within a shard, and children follow their parents. At the end it
gives an account: what was read, discarded, appended, committed and rejected, and
what the table has (with snowflake.warehouse). Then its channels are dropped.

What it has done is kept under data_dir/replays: a replay that was stopped goes
on where it was when the same command is given again. --id gives it a name of
your own.

Exit codes: 0 only when the account is exact, 2 when something is missing, a gap
among it.`,
		Example: `  kinesnow replay orders --from 2026-10-02T10:00:00Z --to 2026-10-02T11:00:00Z --table ORDERS_AGAIN
  kinesnow replay orders --shard 3 --from 4965...402 --to 4965...918 --table ORDERS_AGAIN`,
		Args: cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	from := c.Flags().String("from", "", "where it begins: an RFC 3339 `TIME`, a position, or TRIM_HORIZON")
	to := c.Flags().String("to", "", "where it ends: an RFC 3339 `TIME`, or a position")
	shard := c.Flags().String("shard", "", "one shard alone: its id or number `N`")
	table := c.Flags().String("table", "", "the `TABLE` to write into, exact name")
	id := c.Flags().String("id", "", "a `NAME` for it; without one, the same command is the same replay")
	c.RunE = func(c *cobra.Command, args []string) error {
		r := replay.Request{Table: *table, ID: *id}
		err := notEmpty(c, "shard")
		if err != nil {
			return err
		}
		if r.Range, err = rangeOf(*from, *to, *shard); err != nil {
			return err
		}
		name, file, err := loadOne(*path, args)
		if err != nil {
			return err
		}
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		report, err := replay.Stream(ctx, file, name, r, replayOptions(c, file))
		return accountOf(c, report, err)
	}
	return c
}

// rangeOf reads the flags that say what is read.
func rangeOf(from, to, shard string) (r replay.Range, err error) {
	if from == "" || to == "" {
		return r, usage("--from and --to are required: a replay has a beginning and an end")
	}
	if r.From, err = replay.ParseBound(from); err != nil {
		return r, usage("--from: %v", err)
	}
	if r.To, err = replay.ParseBound(to); err != nil {
		return r, usage("--to: %v", err)
	}
	if shard != "" {
		if r.Shard, err = replay.ParseShard(shard); err != nil {
			return r, usage("--shard: %v", err)
		}
	}
	return r, nil
}

// replayOptions run a replay as this process would run a connector.
func replayOptions(c *cobra.Command, file supervisor.File) replay.Options {
	o := replay.Options{Host: supervisor.Host{DataDir: file.DataDir, Version: version}}
	if !wantsJSON(c) {
		o.Progress = replay.Progress(c.ErrOrStderr())
	}
	return o
}
