package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(append(ourCommands(), localCommands()...))
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return finish(asUsage(root.ExecuteContext(ctx)), stderr)
}

// ourCommands are the verbs that work on a real deployment; localCommands are
// those of the local cloud.
func ourCommands() []*cobra.Command {
	return []*cobra.Command{
		initCommand(),
		runCommand(),
		validateCommand(),
		doctorCommand(),
		statusCommand(),
		auditCommand(),
		historyCommand(),
		resolveCommand(),
		pauseCommand(),
		resumeCommand(),
		planCommand(),
		migrateCommand(),
		setupCommand(),
		removeCommand(),
		replayCommand(),
		deadletterCommand(),
		versionCommand(),
	}
}

// newRoot collects the verbs under one root.
func newRoot(verbs []*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use:   "kinesnow",
		Short: "Moves Kinesis streams into Snowflake tables: every record once, in order",
		Long: `kinesnow moves Kinesis streams into Snowflake tables within seconds: every
record once, in order, and lets you check it. One binary, one YAML file.

Exit codes: 0 fine, 1 failure, 2 findings, 64 usage, 69 unreachable,
77 refused (credentials, grants), 78 configuration.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().VarP(new(format), "output", "o", "how results are printed: text or json")
	root.AddCommand(verbs...)
	mark(root)
	return root
}

// format is the value of --output.
type format string

const (
	asText format = "text"
	asJSON format = "json"
)

// String implements pflag.Value.
func (f *format) String() string {
	if *f == "" {
		return string(asText)
	}
	return string(*f)
}

// Set implements pflag.Value.
func (f *format) Set(text string) error {
	switch format(text) {
	case asText, asJSON:
		*f = format(text)
		return nil
	}
	return fmt.Errorf("%q is neither text nor json", text)
}

// Type implements pflag.Value.
func (f *format) Type() string { return "FORMAT" }

// wantsJSON reports whether a verb was asked for JSON.
func wantsJSON(c *cobra.Command) bool {
	f := c.Flag("output")
	return f != nil && f.Value.String() == string(asJSON)
}

// printJSON prints a value as one line.
func printJSON(c *cobra.Command, v any) error {
	encoder := json.NewEncoder(c.OutOrStdout())
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
