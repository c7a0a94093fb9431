package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/history"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

func historyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "history NAME[/SHARD]",
		Short: "Tell a shard's story, or a connector's own",
		Long: `Tells from the journals of this data_dir what happened to a shard: who took it,
where each generation went on and why, how generations ended, what was found,
lost or decided. --batches tells every append, commit and checkpoint, too. It
may run beside the connector. SHARD is the full id or its number: orders/3.

Without a shard it tells when the connector began, what stopped it, who paused
what, and how it ended, and how each node is by its journal.`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	batches := c.Flags().Bool("batches", false, "tell every append, commit and checkpoint")
	since := c.Flags().String("since", "", "only what happened since then: an RFC 3339 `TIME`, or how long ago (24h)")
	c.RunE = func(c *cobra.Command, args []string) error {
		target := control.Target{Connector: args[0]}
		if strings.Contains(args[0], "/") {
			var err error
			if target, err = control.ParseTarget(args[0]); err != nil {
				return usage("%v", err)
			}
		}
		from, err := moment(*since, time.Now())
		if err != nil {
			return usage("--since: %v", err)
		}
		file, err := load(*path)
		if err != nil {
			return exit(exitConfig, err)
		}
		if file.DataDir == "" {
			return exit(exitFailure, errors.New("data_dir is not set, so the journals were in memory and ended with their process"))
		}
		if target.Shard == "" {
			return connectorHistory(c, file.DataDir, target.Connector, from)
		}
		detail := history.Chapters
		if *batches {
			detail = history.Batches
		}
		h, err := history.Read(c.Context(), file.DataDir, target.Connector, target.Shard, detail)
		if err != nil {
			return exit(exitFailure, err)
		}
		h.Since(from)
		if wantsJSON(c) {
			return printJSON(c, h)
		}
		return h.Text(c.OutOrStdout())
	}
	return c
}

// connectorHistory tells a connector's own story.
func connectorHistory(c *cobra.Command, dataDir, name string, since time.Time) error {
	h, err := history.ReadConnector(c.Context(), dataDir, name)
	if err != nil {
		return exit(exitFailure, err)
	}
	h.Since(since)
	if wantsJSON(c) {
		return printJSON(c, h)
	}
	return h.Text(c.OutOrStdout())
}
