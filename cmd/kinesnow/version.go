package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/process"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say what this program was made of",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b := process.BuildInfo(version)
			if wantsJSON(c) {
				return printJSON(c, b)
			}
			text := "kinesnow " + b.Version
			if b.Revision != "" {
				text += " (" + b.Revision + ")"
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "%s\n%s\nprotoactor-go %s\n", text, b.Go, b.Protoactor)
			return err
		},
	}
}
