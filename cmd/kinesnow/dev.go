package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

func devCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "dev",
		Short: "Serve Kinesis, DynamoDB and Snowflake on this machine",
		Long: `Serves Kinesis, DynamoDB and Snowflake (Snowpipe Streaming and SQL) on loopback
until it is told to stop, and writes a configuration that run, status and sql
take as it is. Unmodified AWS SDKs and Snowflake drivers work against it.

The first --stream goes into the first --table, and so on; a stream without a
table goes into its own name in upper case. With --dir everything is there again
after a restart: records, leases, rows, the key. Without it nothing is kept.

Kinesis keeps the real quotas: a shard takes 1 MiB/s and 1,000 records/s and
gives 2 MiB/s in 5 calls/s. --limits=false lifts them.

With -o json one line tells programs where everything is.`,
		Args: cobra.NoArgs,
	}
	var o localcloud.Options
	streams := c.Flags().StringArray("stream", nil, "a stream to have: `NAME:SHARDS`; may be repeated (default orders:2)")
	c.Flags().StringArrayVar(&o.Tables, "table", nil, "a table to have, exact `NAME`; may be repeated")
	c.Flags().StringVar(&o.Dir, "dir", "", "keep everything in `DIR`")
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:0", "loopback `HOST:PORT`; a port other than 0 is Kinesis', the next three are DynamoDB's, Snowflake's and Snowflake's over TLS")
	c.Flags().DurationVar(&o.CommitDelay, "commit-delay", time.Second, "from an append's acceptance to its commit; the real service takes 5 to 9 s")
	c.Flags().BoolVar(&o.Limits, "limits", true, "keep Kinesis' quotas of shards and operations")
	c.RunE = func(c *cobra.Command, _ []string) error {
		for _, text := range *streams {
			s, err := localcloud.ParseStream(text)
			if err != nil {
				return usage("--stream: %v", err)
			}
			o.Streams = append(o.Streams, s)
		}
		if o.CommitDelay == 0 {
			o.CommitDelay = -1 // the zero Options have a delay
		}
		return dev(c, o)
	}
	return c
}

// dev serves until a signal comes.
func dev(c *cobra.Command, o localcloud.Options) error {
	ctx, cancel := untilSignal(c.Context())
	defer cancel()
	cloud, err := localcloud.Start(o)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		err = printJSON(c, cloud.Ready())
	} else {
		err = welcome(c.OutOrStdout(), cloud, o)
	}
	if err == nil {
		<-ctx.Done()
	}
	if closed := cloud.Close(); err == nil {
		err = closed
	}
	return err
}

// welcome says where everything is, and what to type next.
func welcome(w io.Writer, cloud *localcloud.Cloud, o localcloud.Options) error {
	r := cloud.Ready()
	var streams, tables []string
	for _, p := range cloud.Pairs() {
		streams = append(streams, p.Stream.Name)
		tables = append(tables, r.Database+"."+r.Schema+"."+p.Table)
	}
	kept := "Nothing is kept; --dir DIR keeps everything."
	if o.Dir != "" {
		kept = "Everything is kept in " + cloud.Dir() + "."
	}
	_, err := fmt.Fprintf(w, `kinesis    %s   %s
dynamodb   %s
snowflake  %s   %s, commits after %s
           %s   for the Snowpipe Streaming SDKs: SSL_CERT_FILE=%s, properties in %s
config     %s

put    printf '{"id":1,"name":"first"}' | AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s aws --endpoint-url %s --region %s \
         kinesis put-record --stream-name %s --partition-key a --data fileb:///dev/stdin
run    kinesnow run -c %s
query  kinesnow sql -c %s 'SELECT * FROM %s'

%s Stop with Ctrl-C.
`,
		r.Kinesis, strings.Join(streams, ", "), r.DynamoDB, r.Snowflake, strings.Join(tables, ", "), cloud.CommitDelay(),
		r.SnowflakeTLS, shell(r.SnowflakeCA), shell(r.SDKProfile), r.Config,
		localcloud.AccessKeyID, localcloud.SecretAccessKey, r.Kinesis, r.Region, r.Stream,
		shell(r.Config), shell(r.Config), localcloud.Identifier(r.Table), kept)
	return err
}

// shell writes an argument so that a shell takes it as one.
func shell(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-", r)
	}) {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}
