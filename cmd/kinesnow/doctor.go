package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/doctor"
)

func doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor [NAME...]",
		Short: "Check rights, names, clocks and limits, and print what is missing",
		Long: `Asks AWS and Snowflake, with the connector's own identities, what can be asked
without changing anything, and says of each thing

  ok         it is as it has to be; what follows an arrow is a suggestion
  missing    the connector cannot work, or not rightly, without it
  warn       it works, and somebody should know
  untested   it was not asked, and why

What is missing is printed to paste: IAM statements as JSON, grants and changes as
SQL. An action is tried by a call that can only be refused for something else once
it is allowed; the consumer that is running is never subscribed as. It may run
beside the connector: it takes one of a shard's five reads a second, once.

Exit codes: 0 nothing found, 2 something missing or a warning, 69 a service gave no
answer or lacks something, 77 credentials were refused, 78 configuration.`,
		Example: "  kinesnow doctor\n  kinesnow doctor orders -o json | jq -r '.sql[]?'",
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, names []string) error {
		names, file, err := loadSome(*path, names)
		if err != nil {
			return err
		}
		codes := []int{}
		for i, name := range names {
			if i > 0 && !wantsJSON(c) {
				fmt.Fprintln(c.OutOrStdout())
			}
			report := doctor.New(name, file.Connectors[name], supervisor.Host{DataDir: file.DataDir}).Run(c.Context())
			codes = append(codes, report.ExitCode)
			if wantsJSON(c) {
				err = errors.Join(err, printJSON(c, report))
			} else {
				err = errors.Join(err, report.Text(c.OutOrStdout()))
			}
		}
		return errors.Join(err, exit(doctor.Worst(codes...), nil))
	}
	return c
}
