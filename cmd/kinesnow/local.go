package main

import "github.com/spf13/cobra"

// localCommands are the verbs of the local cloud: servers on this machine that
// stand for Kinesis, DynamoDB and Snowflake.
func localCommands() []*cobra.Command {
	return []*cobra.Command{devCommand(), demoCommand(), demoConnectorCommand(), sqlCommand()}
}
