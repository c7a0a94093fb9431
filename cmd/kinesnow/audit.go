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
		Long: `Asks witnesses that do not know each other, and compares what they say:

  ledgers    what each process wrote down as it happened, under data_dir
  leases     the rows in DynamoDB: positions, counters, a digest of the batches
  channels   Snowflake's offset tokens and its own counters
  table      the rows themselves, by SQL (needs a warehouse: snowflake.warehouse);
             one or two statements count all shards

It writes nothing, takes no lease and may run beside the connector. A witness
that cannot be asked is named with the reason, and the rest judged without it;
EXACT is only said when all of them answered. Without a warehouse the table is
not expected to.

The way of every shard, from its first record to the newest committed one, is
cut into stretches. A stretch is

  witnessed    a ledger has every batch of it, and nobody contradicts
  bridged      no ledger has it (a process was killed before it wrote, a disk
               was lost), but the counters on both sides of the hole and the table,
               or Snowflake's counters, agree on what went through
  unexplained  anything else: look at it

What does not add up is named with its shard, the batch or stretch, and the
positions to look at:

  MISSING       rows were committed and are not in the table
  DOUBLED       a position is in the table more often than its record made rows
  STRANGE       rows are in the table that nobody appended
  ALTERED       rows whose KINESISMETADATA contradicts itself
  TOKEN         a position is where nobody can have put it
  COUNTERS      two counts of the same thing differ
  DIGEST        the ledger's batches do not make the digest in the lease row
  LEDGER        a ledger is another connector's
  GAP           records expired before they could be read
  ERROR_ROWS    the error table has fewer rows than were rejected
  DEAD_LETTERS  fewer letters are on file than records were discarded
  UNASKED       a witness could not be asked, and why

Rows are counted by position, never by DISTINCT alone, in up to eight groups of
batches for each stretch. What a row says beside its position is not compared: a
value that was changed is not found, nor a row that was moved, within its group,
to a position that no row had.

A table that does not keep KINESISMETADATA is audited by counts only: ledgers,
Snowflake's counters and the number of its rows have to agree (docs/tables.md).

Exit codes: 0 only when everything is witnessed or bridged and nothing is found;
69 when somebody could not be reached, 77 when he refused, and nothing else is
found; else 2.`,
		Example: `  kinesnow audit orders --since 24h
  kinesnow audit -o json | jq '.shards[] | select(.findings) | {shard, findings}'`,
	}
	path := configFlag(c)
	since := c.Flags().String("since", "", "only what was appended since then: an RFC 3339 `TIME`, or how long ago (24h)")
	until := c.Flags().String("until", "", "only what was appended until then: an RFC 3339 `TIME`, or how long ago")
	c.RunE = func(c *cobra.Command, names []string) error {
		names, file, err := loadSome(*path, names)
		if err != nil {
			return err
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
		if !from.IsZero() && !to.IsZero() && !from.Before(to) {
			return usage("nothing lies between --since %s and --until %s", from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339))
		}
		code := 0
		for _, name := range names {
			report, err := auditOne(c.Context(), file, name, from, to)
			if err != nil {
				return exit(fleet.ExitCode(err), fmt.Errorf("%s: %w", name, err))
			}
			if err := printAudit(c, report); err != nil {
				return err
			}
			if own := report.ExitCode(); code == exitFine || own == exitFindings {
				code = own
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
