package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/audit"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
)

func auditCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "audit [NAME...]",
		Short: "Check that every record is in its table exactly once",
		Long: `Asks witnesses that do not know each other: the ledgers of this data_dir, the
lease rows in DynamoDB, Snowflake's own counters, and the table by SQL (which
needs a warehouse: snowflake.warehouse). It writes nothing and may run beside
the connector.

Every stretch of a shard is witnessed (the ledger has every batch of it),
bridged (the ledger has a hole; counters and Snowflake agree on what went
through), or unexplained. Exit code 0 only when all of it is witnessed or
bridged and nothing is missing or doubled; 2 otherwise.`,
	}
	path := configFlag(c)
	since := c.Flags().String("since", "", "only what was appended since then: an RFC 3339 `TIME`, or how long ago (24h)")
	until := c.Flags().String("until", "", "only what was appended until then: an RFC 3339 `TIME`, or how long ago")
	c.RunE = func(c *cobra.Command, names []string) error {
		file, err := load(*path)
		if err != nil {
			return exit(exitConfig, err)
		}
		if len(names) == 0 {
			names = file.Names()
		}
		now := time.Now()
		from, err := moment(*since, now)
		if err != nil {
			return usage("--since: %v", err)
		}
		to, err := moment(*until, now)
		if err != nil {
			return usage("--until: %v", err)
		}
		code := 0
		for _, name := range names {
			if _, ok := file.Connectors[name]; !ok {
				return usage("no connector %q in %s; there are %v", name, *path, file.Names())
			}
			report, err := auditOne(c.Context(), file, name, from, to)
			if err != nil {
				return exit(fleet.ExitCode(err), fmt.Errorf("%s: %w", name, err))
			}
			if err := printAudit(c, report); err != nil {
				return err
			}
			if !report.Exact {
				code = exitFindings
			}
		}
		return exit(code, nil)
	}
	return c
}

func auditOne(ctx context.Context, file supervisor.File, name string, since, until time.Time) (*audit.Report, error) {
	a, err := audit.New(name, file.Connectors[name], file.DataDir)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	a.Since, a.Until = since, until
	return a.Run(ctx, time.Now())
}

func printAudit(c *cobra.Command, r *audit.Report) error {
	if wantsJSON(c) {
		return printJSON(c, r)
	}
	return r.Text(c.OutOrStdout())
}

// moment reads a time, or how long ago it was; "" is the zero time.
func moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a time (2026-10-02T15:04:05Z) nor how long ago (24h)", text)
	}
	return t, nil
}
