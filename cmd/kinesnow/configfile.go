package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor"
)

// defaultConfig is where verbs look for the configuration.
const defaultConfig = "./kinesnow.yaml"

// configFlag adds -c.
func configFlag(c *cobra.Command) *string {
	return c.Flags().StringP("config", "c", defaultConfig, "the configuration `FILE`")
}

// load reads the configuration. Its errors end the process with 78.
func load(path string) (supervisor.File, error) {
	return supervisor.Load(path, os.LookupEnv)
}
