package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// resolveWithin covers what the process does: it asks Snowflake and writes the
// lease row.
const resolveWithin = 60 * time.Second

func resolveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "resolve NAME/SHARD --from token|checkpoint|table|POSITION --why TEXT",
		Short: "Tell a stopped shard how to go on",
		Long: `A shard that stopped with a code waits for a decision: where to go on from.

  --from token        after what Snowflake has committed
  --from checkpoint   after what the lease row says
  --from table        after the highest position of the shard that the table has (needs a warehouse)
  --from POSITION     after this record, as SEQUENCE or SEQUENCE/SUB

What would put rows into the table twice is refused. The decision is carried out
by the process that works on the shard, and kept in the journal with who, when
and why. SHARD is the full id or its number: orders/3.`,
		Args: cobra.ExactArgs(1),
	}
	path := configFlag(c)
	from := c.Flags().String("from", "", "where to go on: token, checkpoint, table, or a `POSITION`")
	why := c.Flags().String("why", "", "the reason, `TEXT` for whoever reads the history")
	c.RunE = func(c *cobra.Command, args []string) error {
		target, err := control.ParseTarget(args[0])
		if err != nil {
			return usage("%v", err)
		}
		if err := control.CheckFrom(*from); err != nil {
			return usage("--from: %v", err)
		}
		if strings.TrimSpace(*why) == "" {
			return usage("--why: is required; it is kept with the decision")
		}
		_, file, err := loadOne(*path, []string{target.Connector})
		if err != nil {
			return err
		}
		if file.DataDir == "" {
			return exit(exitUnreachable, fmt.Errorf("data_dir is not set in %s, so no process can be told anything; set it, start kinesnow run, and repeat this", *path))
		}
		ctx, cancel := context.WithTimeout(c.Context(), resolveWithin)
		defer cancel()
		return resolve(ctx, c, file.DataDir, control.Resolve{
			Connector: target.Connector, Shard: target.Shard, From: *from, Who: whoami(), Why: *why,
		})
	}
	return c
}

// resolve finds the process that works on the shard and hands it the decision.
func resolve(ctx context.Context, c *cobra.Command, dataDir string, r control.Resolve) error {
	worker, err := control.FindWorker(ctx, dataDir, r.Connector, r.Shard)
	if err != nil {
		return exit(exitUnreachable, err)
	}
	client, err := control.Dial(ctx, worker.Socket)
	if err != nil {
		return exit(exitUnreachable, err)
	}
	defer client.Close()
	if err := client.Resolve(ctx, r); err != nil {
		return exit(exitFailure, fmt.Errorf("%s/%s: %w", r.Connector, r.Shard, err))
	}
	if wantsJSON(c) {
		return printJSON(c, resolvedShard{r.Connector, r.Shard, r.From, r.Who, r.Why})
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s/%s goes on from %s\n", r.Connector, r.Shard, r.From)
	return err
}

// resolvedShard is what resolve -o json prints.
type resolvedShard struct {
	Connector string `json:"connector"`
	Shard     string `json:"shard"`
	From      string `json:"from"`
	Who       string `json:"who"`
	Why       string `json:"why"`
}

// whoami names the human who decides, as far as the machine knows.
func whoami() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return name + "@" + host
}
