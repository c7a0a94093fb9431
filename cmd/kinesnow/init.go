package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/draft"
	"github.com/kinesnow/kinesnow/supervisor/openflow"
)

func initCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "init [--stream NAME] [--table DB.SCHEMA.TABLE] [--from-openflow FILE]",
		Short: "Write a first configuration",
		Long: `Writes a configuration of one connector, and asks nothing: what no flag says is
taken from Openflow's parameters, from AWS's region variables and files and from
Snowflake's connections.toml, else from the stream's name. What nobody knows is a
placeholder, marked FILL IN.

--from-openflow takes an exported flow definition or parameter context (JSON), or
lines NAME: VALUE; - is the standard input. Secrets are not in exports: they become
references such as ${SNOWFLAKE_PRIVATE_KEY}. Parameters that nothing here corresponds
to are listed.

A file that is there is left alone, unless --force is given.`,
		Example: `  kinesnow init --stream orders --account MYORG-PROD --table RAW.EVENTS.ORDERS
  kinesnow init --from-openflow flow.json`,
		Args: cobra.NoArgs,
	}
	flags := c.Flags()
	path := flags.StringP("file", "f", defaultConfig, "the `FILE` to write")
	force := flags.Bool("force", false, "write it in the place of one that is there")
	export := flags.String("from-openflow", "", "Openflow's parameters: a `FILE`, or -")
	table := flags.String("table", "", "`DB.SCHEMA.TABLE` as SQL writes it: upper case unless quoted")
	given := map[string]*string{}
	for _, f := range []struct{ key, name, text string }{
		{"kinesis.stream", "stream", "the stream: its `NAME` or ARN"},
		{"aws.region", "region", "its AWS `REGION`"},
		{"application", "application", "`NAME` of lease table and consumer; default kinesnow-<stream>"},
		{"snowflake.connection", "connection", "a profile (`NAME`) of Snowflake's connections.toml"},
		{"snowflake.account", "account", "Snowflake's account identifier, `ORG-ACCOUNT`"},
		{"snowflake.user", "user", "the connector's user, a `NAME`; default KN_<STREAM>"},
		{"snowflake.role", "role", "its role, a `NAME`; default the user's"},
		{"snowflake.private_key_file", "private-key-file", "its private key, a `FILE`; default snowflake.p8"},
		{"snowflake.warehouse", "warehouse", "`NAME` of one, for audit and status --latency"},
		{"snowflake.pipe", "pipe", "`NAME` of a pipe of your own"},
	} {
		given[f.key] = flags.String(f.name, "", f.text)
	}
	c.RunE = func(c *cobra.Command, _ []string) error {
		said := map[string]string{}
		for key, value := range given {
			said[key] = *value
		}
		if *table != "" {
			names, err := draft.ParseTable(*table)
			if err != nil {
				return usage("--table: %v", err)
			}
			for key, name := range names {
				said[key] = name
			}
		}
		exported, err := openflowSettings(c, *export)
		if err != nil {
			return err
		}
		d := draft.New(*path, said, exported, draft.Surroundings(c.Context(), os.LookupEnv))
		write := d.Write
		if *force {
			write = d.Replace
		}
		if err := write(); errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already; --force writes over it, -f names another file", *path)
		} else if err != nil {
			return err
		}
		if wantsJSON(c) {
			return printJSON(c, d)
		}
		return d.Text(c.OutOrStdout())
	}
	return c
}

// openflowSettings reads --from-openflow; nil where it was not given.
func openflowSettings(c *cobra.Command, path string) (*openflow.Settings, error) {
	if path == "" {
		return nil, nil
	}
	in := c.InOrStdin()
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, usage("--from-openflow: %v", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, openflow.MaxExport+1))
	if err != nil {
		return nil, usage("--from-openflow: %v", err)
	}
	parameters, err := openflow.Parse(text)
	if err != nil {
		return nil, usage("--from-openflow: %s %v", path, err)
	}
	settings := openflow.Translate(parameters)
	return &settings, nil
}
