package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/replay"
)

func deadletterCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "deadletter",
		Short: "Look at records that made no row, and send them again",
		Long: `A user record that cannot become a row is discarded, counted, and, with
deadletter: {to: file}, kept: its bytes, why, and where it lies in its shard.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(lettersCommand(), resendCommand())
	return c
}

// chosen adds the flags that say which letters are meant.
func chosen(c *cobra.Command) func() (replay.Choice, error) {
	shard := c.Flags().String("shard", "", "those of one shard: its id or number `N`")
	since := c.Flags().String("since", "", "those that arrived since then: an RFC 3339 `TIME`, or how long ago (24h)")
	return func() (choice replay.Choice, err error) {
		if err := notEmpty(c, "shard", "since"); err != nil {
			return choice, err
		}
		if *shard != "" {
			if choice.Shard, err = replay.ParseShard(*shard); err != nil {
				return choice, usage("--shard: %v", err)
			}
		}
		if choice.Since, err = moment(*since, time.Now()); err != nil {
			return choice, usage("--since: %v", err)
		}
		return choice, nil
	}
}

// notEmpty refuses flags that are given with nothing in them, as --table "$T" is
// where T is not set: without these flags more is meant than with them.
func notEmpty(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := c.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usage("--%s: is empty; give it a value, or leave it out", name)
		}
	}
	return nil
}

func lettersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ls [NAME]",
		Short: "List the records that made no row",
		Long: `Counts a connector's dead letters by cause, and shows the newest of them: where
the record lies, why it made no row, whether it was sent again, and the beginning
of its payload. A letter that was written twice, because of a crash, counts once.

With --payload the payloads alone are printed, whole: raw bytes into a file or a
pipe, in printable form on a terminal.`,
		Example: `  kinesnow deadletter ls orders --cause surrogate
  kinesnow deadletter ls orders --limit 1 --payload > bad.json`,
		Args: cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	choice := chosen(c)
	cause := c.Flags().String("cause", "", "those whose cause contains `TEXT`")
	limit := c.Flags().Int("limit", 20, "show the `N` newest ones; all are counted")
	payload := c.Flags().Bool("payload", false, "print the payloads, whole")
	c.RunE = func(c *cobra.Command, args []string) error {
		wanted, err := choice()
		if err != nil {
			return err
		}
		if *limit < 0 {
			return usage("--limit: %d is below 0", *limit)
		}
		wanted.Cause = *cause
		name, file, err := loadOne(*path, args)
		if err != nil {
			return err
		}
		list, err := replay.Letters(file.DataDir, name, wanted, *limit)
		switch {
		case err != nil:
			return replayError(err)
		case wantsJSON(c) && *payload:
			return printJSON(c, list.Whole())
		case wantsJSON(c):
			return printJSON(c, list)
		case *payload && isTerminal(c.OutOrStdout()):
			return list.PrintablePayloads(c.OutOrStdout())
		case *payload:
			return list.Payloads(c.OutOrStdout())
		}
		if to := file.Connectors[name].DeadLetter.To; list.Letters == 0 && to == config.Discard {
			defer fmt.Fprintln(c.OutOrStdout(), "note: deadletter.to is discard: unusable records are counted (kinesnow status), and not kept")
		}
		return list.Text(c.OutOrStdout())
	}
	return c
}

// isTerminal reports whether what is written reaches a screen.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func resendCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "replay [NAME]",
		Short: "Send those that can become rows now, once each",
		Long: `Tries every dead letter that waits with the configuration and the program as they
are now, and sends those that make rows, in the order of their shards, into the
table that they were meant for, or another one (--table). The connector may run
meanwhile.

A letter that still makes no row stays, with its new cause. A replay that is
killed and run again sends no row twice and loses none: what it sends is fixed on
the disk before the first row, and Snowflake's offset tokens say how far it came.
A letter that was sent into a table is not sent there again. audit knows the rows.

Exit codes: 0 when every letter that was meant is in the table, 2 when some wait
still, or rows were rejected.`,
		Example: `  kinesnow deadletter replay orders --plan
  kinesnow deadletter replay orders --shard 3 --since 24h`,
		Args: cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	choice := chosen(c)
	table := c.Flags().String("table", "", "another `TABLE`, exact name (default the connector's)")
	plan := c.Flags().Bool("plan", false, "say what would be sent, and send nothing")
	c.RunE = func(c *cobra.Command, args []string) error {
		wanted, err := choice()
		if err == nil {
			err = notEmpty(c, "table")
		}
		if err != nil {
			return err
		}
		name, file, err := loadOne(*path, args)
		if err != nil {
			return err
		}
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		do := replay.SendLetters
		if *plan {
			do = replay.LettersPlan
		}
		report, err := do(ctx, file, name, replay.LettersRequest{Choice: wanted, Table: *table}, replayOptions(c, file))
		return accountOf(c, report, err)
	}
	return c
}
