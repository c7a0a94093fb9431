package main

import (
	"encoding/json"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/supervisor/setup"
)

func setupCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "setup iam|grants|network [NAME]",
		Short: "Print what a connector needs of the account and the network",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		setupIAMCommand(),
		setupGrantsCommand(),
		setupNetworkCommand(),
	)
	return c
}

func setupIAMCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "iam [NAME] [--account ID] [--migration] [--existing-table] [--removal]",
		Short: "Print the least IAM policy of a connector",
		Long: `Prints the IAM policy (JSON) under which a connector runs, and no more than
that: as its configuration says, by polling or by enhanced fan-out.

  --migration        for kinesnow migrate on a KCL's table, too: it replaces the
                     table and needs a second one. Take it away again afterwards
  --existing-table   the lease table is there already, so nothing has to be made
  --removal          for kinesnow remove, too: it deregisters the consumer`,
		Example: "  kinesnow setup iam orders > policy.json\n  aws iam put-role-policy --role-name kinesnow --policy-name kinesnow --policy-document file://policy.json",
		Args:    cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	account := c.Flags().String("account", "", "AWS account `ID` of the lease table, and of a stream that is given by name; else any")
	given := map[setup.Occasion]*bool{}
	for _, o := range []struct {
		occasion setup.Occasion
		text     string
	}{
		{setup.Migration, "for kinesnow migrate, too"}, {setup.ExistingTable, "the lease table is there already"}, {setup.Removal, "for kinesnow remove, too"},
	} {
		given[o.occasion] = c.Flags().Bool(string(o.occasion), false, o.text)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if *account != "" && !accountID.MatchString(*account) {
			return usage("--account: %q is no account id; it has 12 digits", *account)
		}
		name, file, err := loadKeyless(*path, args)
		if err != nil {
			return err
		}
		var occasions []setup.Occasion
		for o, yes := range given {
			if *yes {
				occasions = append(occasions, o)
			}
		}
		policy := setup.IAM(file.Connectors[name], *account, occasions...)
		if wantsJSON(c) {
			return printJSON(c, policy)
		}
		encoder := json.NewEncoder(c.OutOrStdout())
		encoder.SetIndent("", "  ")
		return encoder.Encode(policy)
	}
	return c
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

func setupNetworkCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "network [NAME]",
		Short: "Print the hosts and ports that a connector connects to",
		Long: `Prints where a connector connects to, outwards alone: for firewalls, proxies and
VPC endpoints. A * stands for what is not known before: an account id, or the host
that Snowflake names for rows.`,
		Args: cobra.MaximumNArgs(1),
	}
	path := configFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		name, file, err := loadKeyless(*path, args)
		if err != nil {
			return err
		}
		all, err := setup.Network(c.Context(), file.Connectors[name])
		if err != nil {
			return err
		}
		if wantsJSON(c) {
			return printJSON(c, all)
		}
		return setup.NetworkText(c.OutOrStdout(), all)
	}
	return c
}
