package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/integration/demo"
)

func demoCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job under fire, on this machine",
		Long: `Puts real records into a local Kinesis stream, runs the connector as a process
of its own, kills its actors and the process again and again, lets the servers
throttle and lose answers, splits a shard and merges two, and at the end compares
what was put with what SELECT returns. Nothing leaves this machine.

The records are earthquakes of the U.S. Geological Survey (public domain), or the
lines of --input, repeated under a running number. The end is exit code 0 when
every record is in the table once, in order and unchanged, else 1.`,
		Args: cobra.NoArgs,
	}
	o := demo.Options{Connector: demoConnector}
	c.Flags().StringVar(&o.Input, "input", "", "put the lines of `FILE`, one JSON object each")
	c.Flags().IntVar(&o.Records, "records", 200_000, "how many records to put")
	c.Flags().IntVar(&o.Shards, "shards", 4, "how many shards to begin with")
	c.Flags().IntVar(&o.Aggregate, "aggregate", 0, "put up to `N` records in one Kinesis record, as the KPL does")
	c.Flags().BoolVar(&o.FanOut, "fan-out", false, "read by enhanced fan-out instead of polling; with --kill-every 5s or more, for a shard takes one subscription in 5 s")
	c.Flags().DurationVar(&o.Duration, "duration", 25*time.Second, "over which the records are put")
	c.Flags().DurationVar(&o.KillEvery, "kill-every", 250*time.Millisecond, "between two actors' deaths; 0 for none")
	c.Flags().StringVar(&o.Dir, "dir", "./kinesnow-demo", `keep everything in DIR, replacing an earlier demo; "" keeps nothing`)
	plain := c.Flags().Bool("plain", false, "lines instead of the live view, as where stdout is no terminal")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.KillEvery == 0 {
			o.KillEvery = -1 // the zero Options kill
		}
		for name, zero := range map[string]bool{"records": o.Records == 0, "shards": o.Shards == 0, "duration": o.Duration == 0} {
			if zero { // which the zero Options take for the default
				return usage("--%s: give more than 0", name)
			}
		}
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		ctx, interrupt := context.WithCancel(ctx)
		defer interrupt()
		o.Out, o.Interrupt = c.OutOrStdout(), interrupt
		o.Live = !*plain && o.Out == os.Stdout && isatty.IsTerminal(os.Stdout.Fd())
		ok, err := demo.Run(ctx, o)
		if wrong := new(demo.UsageError); errors.As(err, &wrong) {
			return usage("%v", err)
		}
		if err == nil && !ok {
			return exit(exitFailure, nil)
		}
		return err
	}
	return c
}

// demoConnector runs this program again, as the demo's connector.
func demoConnector(configFile string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	//nolint:noctx // the demo ends it: by SIGKILL when it must, in order at the end
	return exec.Command(program, "demo-connector", "-c", configFile)
}

// demoConnectorCommand is what demo starts; it is no verb for people.
func demoConnectorCommand() *cobra.Command {
	c := &cobra.Command{Use: "demo-connector", Short: "The connector of a demo", Hidden: true, Args: cobra.NoArgs}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		return exit(demo.Connector(ctx, *path, version, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()), nil)
	}
	return c
}
