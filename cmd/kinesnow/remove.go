package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
	"github.com/kinesnow/kinesnow/supervisor/removal"
)

func removeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "remove NAME",
		Short: "Deregister a connector's consumer, and say what else is left",
		Long: `Deregisters the consumer of enhanced fan-out from the stream, or prints the AWS
CLI line that does it where the right is missing. Then says what else there is of
the connector, and what would delete it: the lease table, channels, the pipe, the
table, files. None of that is deleted here. Stop the connector first.

Exit codes: 0 done, 2 something has to be done by hand first.`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		name, file, err := loadOne(*path, args)
		if err != nil {
			return err
		}
		report, err := removal.New(name, file.Connectors[name], supervisor.Host{DataDir: file.DataDir}).Run(c.Context(), time.Now())
		if err != nil {
			return exit(fleet.ExitCode(err), err)
		}
		if wantsJSON(c) {
			err = printJSON(c, report)
		} else {
			err = report.Text(c.OutOrStdout())
		}
		return errors.Join(err, exit(report.ExitCode(), nil))
	}
	return c
}
