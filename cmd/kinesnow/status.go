package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
	"github.com/kinesnow/kinesnow/supervisor/latency"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

const (
	rateOver   = time.Second      // between the two looks of one status
	watchEvery = 2 * time.Second  // between the looks of status --watch
	readWithin = 20 * time.Second // for a connector's lease rows and channels
)

func statusCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "status [NAME...]",
		Short: "Show how every connector is",
		Long: `Asks every process of this data_dir. For a connector that none of them runs, the
lease rows in DynamoDB and the channels in Snowflake are read instead, so it
works from a laptop too.

With --latency the tables are asked instead, by SQL, how long rows took from their
arrival in Kinesis to their commit: p50, p90, p99 and the longest, over the rows that
were committed within --within, and of the worst shards. That needs a warehouse, and
ROW_TIMESTAMP = TRUE on the table; interactive tables have none.`,
	}
	path := configFlag(c)
	watch := c.Flags().Bool("watch", false, "show it again every 2 s, until interrupted")
	latencies := c.Flags().Bool("latency", false, "how long rows took to their commit, by the table's own times")
	within := c.Flags().Duration("within", latency.DefaultWindow, "with --latency: of the rows committed in the last `TIME`, at most 24h")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case *watch && *latencies:
			return usage("--watch does not go with --latency, which asks once")
		case c.Flags().Changed("within") && !*latencies:
			return usage("--within goes with --latency")
		case *within < latency.MinWindow || *within > latency.MaxWindow:
			return usage("--within: %s is not between %s and %s", *within, latency.MinWindow, latency.MaxWindow)
		}
		names, file, err := loadSome(*path, args)
		if err != nil {
			return err
		}
		s := &status{command: c, file: file, names: names, only: len(args) > 0}
		switch {
		case *watch:
			return s.watch()
		case *latencies:
			return s.latency(*within)
		}
		return s.once()
	}
	return c
}

// status is one command line's view.
type status struct {
	command *cobra.Command
	file    supervisor.File
	names   []string
	only    bool // those and no others that the processes run
}

func (s *status) once() error {
	ctx := s.command.Context()
	report, err := s.ask(ctx)
	if err != nil {
		return exit(exitUnreachable, err)
	}
	if len(report.Processes) > 0 {
		pause(ctx, rateOver)
		if second, err := s.ask(ctx); err == nil {
			fleet.Rate(report, &second)
			report = second
		}
	}
	code := s.fill(ctx, &report)
	return errors.Join(s.show(report), exit(code, nil))
}

func (s *status) watch() error {
	ctx, cancel := untilSignal(s.command.Context())
	defer cancel()
	var last fleet.Report
	for ctx.Err() == nil {
		report, err := s.ask(ctx)
		if err != nil && ctx.Err() == nil {
			return exit(exitUnreachable, err)
		}
		if !last.At.IsZero() {
			fleet.Rate(last, &report)
		}
		last = report
		s.fill(ctx, &report)
		if ctx.Err() != nil {
			break
		}
		if err := s.redraw(report); err != nil {
			return err
		}
		pause(ctx, watchEvery)
	}
	return nil
}

// ask asks the processes of this data_dir.
func (s *status) ask(ctx context.Context) (fleet.Report, error) {
	var snapshots []*control.Snapshot
	if s.file.DataDir != "" {
		found, silent, err := control.Find(ctx, s.file.DataDir)
		if err != nil {
			return fleet.Report{}, err
		}
		for _, mute := range silent {
			fmt.Fprintf(s.command.ErrOrStderr(), "kinesnow: %s does not answer: %v\n", mute.Socket, mute.Err)
		}
		for _, f := range found {
			snapshots = append(snapshots, f.Snapshot)
		}
	}
	report := fleet.Of(snapshots, time.Now().UTC())
	if s.only {
		report.Connectors = slices.DeleteFunc(report.Connectors, func(c fleet.Connector) bool { return !slices.Contains(s.names, c.Name) })
	}
	return report, nil
}

// fill adds the connectors that no process told of, as their leases and
// channels tell them. It returns the exit code of what could not be read.
func (s *status) fill(ctx context.Context, report *fleet.Report) (code int) {
	for _, name := range s.names {
		known := slices.ContainsFunc(report.Connectors, func(c fleet.Connector) bool { return c.Name == name })
		if known {
			continue
		}
		c, err := s.read(ctx, name)
		if err != nil {
			code = fleet.ExitCode(err)
		}
		report.Add(c)
	}
	return code
}

func (s *status) read(ctx context.Context, name string) (fleet.Connector, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	return fleet.Read(ctx, name, s.file.Connectors[name], time.Now())
}

func (s *status) show(r fleet.Report) error {
	if wantsJSON(s.command) {
		return printJSON(s.command, r)
	}
	return r.Text(s.command.OutOrStdout())
}

// clearScreen moves home and erases what is below.
const clearScreen = "\x1b[H\x1b[2J"

func (s *status) redraw(r fleet.Report) error {
	if !wantsJSON(s.command) {
		gap := "\n"
		if f, ok := s.command.OutOrStdout().(*os.File); ok && isatty.IsTerminal(f.Fd()) {
			gap = clearScreen
		}
		fmt.Fprintf(s.command.OutOrStdout(), "%s%s\n", gap, r.At.Format(time.TimeOnly+" MST"))
	}
	return s.show(r)
}

// pause waits, or less when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
