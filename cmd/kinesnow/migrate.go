package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/migrate"
)

func migrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate [NAME] [--plan] [--drained] [--latest-as trim_horizon|now] [--force]",
		Short: "Take over the lease table of another product",
		Long: `Makes the lease table of a connector one that kinesnow can go on from.

A table of Openflow or NiFi is used as it is. A table of the Kinesis Client
Library (1, 2, 3; of one stream or of several) is copied to APPLICATION_migration,
compared, deleted, made anew under its name, restored and compared again; every
checkpoint stays where it is, sub-sequence numbers and SHARD_END included. Stop
the other product first: it is looked for. The KCL's items are kept in a file,
too. Killed at any moment, the same command goes on, here or elsewhere, and
until it is through no kinesnow starts on the table.

  --plan         only say what would happen; writes nothing
  --drained      all that the other product read has landed in the table: go on
                 behind its checkpoints. Without it each shard stops with
                 ADOPTED_UNDRAINED
  --latest-as    where a lease starts that still is at LATEST: trim_horizon
                 repeats rather than loses, now begins at this moment
  --force        go on although a worker seems to run, or the leases seem to be
                 another stream's

Exit codes: 0 done, 2 refused or something is left to do, 77 a right is missing.`,
		Args: cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	plan := c.Flags().Bool("plan", false, "only say what would happen")
	drained := c.Flags().Bool("drained", false, "all that the other product read has landed in the table")
	latest := c.Flags().String("latest-as", "", "`WHERE` a lease at LATEST starts: trim_horizon or now")
	force := c.Flags().Bool("force", false, "go on in spite of doubts")
	quiet := c.Flags().Duration("quiet", 0, "how long (`TIME`) to look whether another product runs: 1.5 times a KCL's failover time, 15s by default")
	c.RunE = func(c *cobra.Command, args []string) error {
		as, err := migrate.ParseLatestAs(*latest)
		if err != nil {
			return usage("--latest-as: %v", err)
		}
		if *quiet < 0 {
			return usage("--quiet: must not be negative")
		}
		name, file, err := loadOne(*path, args)
		if err != nil {
			return err
		}
		m := migrate.New(name, file.Connectors[name], supervisor.Host{DataDir: file.DataDir})
		m.Quiet = *quiet
		if !wantsJSON(c) {
			m.Tell = func(text string) { fmt.Fprintf(c.ErrOrStderr(), "%s  %s\n", time.Now().Format(time.TimeOnly), text) }
		}
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		do, tense := m.Run, migrate.Happened
		if *plan {
			do, tense = m.Plan, migrate.Planned
		}
		report, err := do(ctx, migrate.Answers{Drained: *drained, LatestAs: as, Force: *force})
		code := migrate.ExitCode(report, err)
		var refused *migrate.RefusedError
		if errors.As(err, &refused) {
			err = nil // the report says it
		}
		if report != nil && report.MigrationReport != nil {
			if wantsJSON(c) {
				err = errors.Join(err, printJSON(c, report))
			} else {
				err = errors.Join(err, report.Text(c.OutOrStdout(), tense))
			}
		}
		return exit(code, err)
	}
	return c
}
