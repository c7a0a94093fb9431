package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
	"github.com/kinesnow/kinesnow/supervisor/pausing"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// pauseWaits is how long pause --wait waits: longer than a drain.
const pauseWaits = 90 * time.Second

func pauseCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "pause NAME[/SHARD] [--wait]",
		Short: "Stop reading, and keep it stopped",
		Long: `Stops a connector, or one shard of it, on every node: what is in flight is
committed, and nothing more is read. Leases are kept. It is written into the lease
table, so that it holds over restarts and rebalancing until kinesnow resume.

Kinesis goes on forgetting: after half of the stream's retention the connector is
DEGRADED and says when records will be lost.

Exit codes: 0 done, 2 --wait ended before everything was at rest.`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	wait := c.Flags().Bool("wait", false, "until nothing is in flight any more, at most 90 s")
	c.RunE = func(c *cobra.Command, args []string) error {
		p, shards, err := pauserOf(*path, args[0])
		if err != nil {
			return err
		}
		report, err := p.Pause(c.Context(), shards, whoami())
		if err != nil {
			return exit(fleet.ExitCode(err), err)
		}
		code := exitFine
		if *wait {
			ctx, cancel := context.WithTimeout(c.Context(), pauseWaits)
			defer cancel()
			if err := p.Wait(ctx, report); errors.Is(err, context.DeadlineExceeded) {
				code = exitFindings
			} else if err != nil {
				return exit(fleet.ExitCode(err), err)
			}
		}
		return errors.Join(printPauses(c, report), exit(code, nil))
	}
	return c
}

func resumeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "resume NAME[/SHARD]",
		Short: "Take a pause back",
		Long:  `Lets a paused connector, or one paused shard of it, go on where it stopped.`,
		Args:  cobra.ExactArgs(1),
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		p, shards, err := pauserOf(*path, args[0])
		if err != nil {
			return err
		}
		report, err := p.Resume(c.Context(), shards, whoami())
		if err != nil {
			return exit(fleet.ExitCode(err), err)
		}
		return printPauses(c, report)
	}
	return c
}

// pauserOf reads NAME or NAME/SHARD.
func pauserOf(path, target string) (*pausing.Pauser, []string, error) {
	name, _, one := strings.Cut(target, "/")
	var shards []string
	if one {
		t, err := control.ParseTarget(target)
		if err != nil {
			return nil, nil, usage("%v", err)
		}
		shards = append(shards, t.Shard)
	}
	name, file, err := loadOne(path, []string{name})
	if err != nil {
		return nil, nil, err
	}
	return pausing.New(name, file.Connectors[name], supervisor.Host{}), shards, nil
}

func printPauses(c *cobra.Command, r *pausing.Report) error {
	if wantsJSON(c) {
		return printJSON(c, r)
	}
	return r.Text(c.OutOrStdout())
}
