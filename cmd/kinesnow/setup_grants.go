package main

import (
	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/setup"
)

func setupGrantsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "grants [NAME]",
		Short: "Print the SQL that gives a connector its user, role, table and rights",
		Long: `Prints a script for Snowflake that leads from an empty account to one in which
the connector runs: a user and a role of its own, database, schema, table, rights
granted directly, and a role for readers with a view that has the rows in order.
The public half of the configured private key is filled in; where there is no key
yet, a placeholder and the openssl commands that make one. Nobody is asked, and
the script may be run again.

  --insert-only   the connector may insert (and evolve the schema, where that is
                  Snowflake's work); the table stays --admin-role's. With a pipe of
                  your own that is always so
  --iceberg       an Iceberg table, in --external-volume or Snowflake's storage
  --interactive   an interactive table`,
		Example: "  kinesnow setup grants orders > grants.sql\n  snow sql -f grants.sql",
		Args:    cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	var o setup.GrantOptions
	flags := c.Flags()
	flags.StringVar(&o.User, "user", "", "the connector's user, a `NAME`; default the configuration's. This and the names below are exact")
	flags.StringVar(&o.Role, "role", "", "its role, a `NAME`; default the configuration's, or the user's name")
	reader := flags.String("reader-role", "", "role (`NAME`) of those who read the table; default <ROLE>_READER, none if empty")
	flags.StringVar(&o.AdminRole, "admin-role", "SYSADMIN", "role (`NAME`) that owns database, schema and view")
	flags.StringVar(&o.Warehouse, "warehouse", "", "warehouse (`NAME`) of audit and readers; default the configuration's")
	flags.StringVar(&o.Pipe, "pipe", "", "`NAME` of a pipe of your own; default the configuration's, or none")
	flags.StringVar(&o.ExternalVolume, "external-volume", "", "storage (`NAME`) of the Iceberg table; default Snowflake's own")
	flags.BoolVar(&o.InsertOnly, "insert-only", false, "the connector does not own the table")
	iceberg := flags.Bool("iceberg", false, "make an Iceberg table")
	interactive := flags.Bool("interactive", false, "make an interactive table")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *iceberg && *interactive {
			return usage("--iceberg does not go with --interactive: a table is one of the two")
		}
		name, file, err := loadKeyless(*path, args)
		if err != nil {
			return err
		}
		switch {
		case *iceberg:
			o.Kind = setup.IcebergTable
		case *interactive:
			o.Kind = setup.InteractiveTable
		}
		if o.ReaderRole = *reader; !flags.Changed("reader-role") {
			o.ReaderRole = setup.DefaultReaderRole(file.Connectors[name], o)
		}
		script, err := setup.Grants(name, file.Connectors[name], o)
		if err != nil {
			return usage("%v", err)
		}
		if wantsJSON(c) {
			return printJSON(c, script)
		}
		return script.Text(c.OutOrStdout())
	}
	return c
}
