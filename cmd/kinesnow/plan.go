package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
	"github.com/kinesnow/kinesnow/supervisor/plan"
)

func planCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "plan [NAME]",
		Short: "Show what run would make and change, and make nothing",
		Long: `Looks at DynamoDB, Kinesis and Snowflake with calls that only read, and shows what
run would make there: lease table and its rows, the consumer of enhanced fan-out,
pipe, channels, and the SQL of on_missing_table and schema_evolution: client, for
which some records of the stream are sampled.

  + is made    ~ is changed    = is there    ! a setting that decides nothing
  ? could not be seen    x run would stop there

Exit codes: 0 run would get going, whatever it makes; else what run would end
with: 69 unreachable or missing, 77 refused, 2 somebody has to decide first.`,
		Args: cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		name, file, err := loadOne(*path, args)
		if err != nil {
			return err
		}
		p, err := plan.New(name, file.Connectors[name], supervisor.Host{Node: file.Node})
		if err != nil {
			return exit(exitConfig, err)
		}
		defer p.Close()
		report, err := p.Run(c.Context())
		code := report.ExitCode()
		if err != nil {
			code = fleet.ExitCode(err)
		}
		if wantsJSON(c) {
			err = errors.Join(printJSON(c, report), err)
		} else {
			err = errors.Join(report.Text(c.OutOrStdout()), err)
		}
		return exit(code, err)
	}
	return c
}
