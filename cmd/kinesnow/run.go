package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/process"
)

func runCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "run",
		Short: "Move records until told to stop",
		Long: `Runs every connector of the configuration in one process. SIGTERM and SIGINT
drain it: reading stops, what is in flight is committed and checkpointed, leases
are given up. A second signal ends it at once, which loses nothing either.

With --until-caught-up it ends when no shard is behind and everything is
committed and checkpointed: 0, or 2 when a gap, a rejected row or a parked shard
remains. When every connector is parked it ends with the first one's code.`,
		Args: cobra.NoArgs,
	}
	path := configFlag(c)
	until := c.Flags().Bool("until-caught-up", false, "end once everything that is in the streams is in the tables")
	c.RunE = func(c *cobra.Command, _ []string) error {
		file, err := load(*path)
		if err != nil {
			return exit(exitConfig, err)
		}
		p, err := process.New(file, process.Options{Version: version, Stderr: c.ErrOrStderr(), UntilCaughtUp: *until})
		if err != nil {
			return exit(exitConfig, err)
		}
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		code := p.Run(ctx)
		if wantsJSON(c) {
			err = printJSON(c, p.Summary())
		} else if *until {
			_, err = fmt.Fprintln(c.OutOrStdout(), p.Summary().Text())
		}
		if err != nil {
			return err
		}
		return exit(code, nil)
	}
	return c
}
