package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

func sqlCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "sql [STATEMENT]...",
		Short: "Ask the local Snowflake",
		Long: `Runs SQL statements on the Snowflake that the configuration names, through
Snowflake's own Go driver. Without a statement it reads them from stdin, separated
by semicolons. It talks to a local cloud (kinesnow dev) alone, as the connector's
user, or with --admin as one who may do everything.`,
		Example: `  kinesnow sql 'SELECT count(*) FROM QUAKES'
  kinesnow sql -o json 'SELECT KINESISMETADATA:shardId::text, count(*) FROM QUAKES GROUP BY 1'
  kinesnow setup grants | kinesnow sql --admin`,
	}
	path := configFlag(c)
	output := localcloud.AsTable
	c.Flags().VarP(&output, "output", "o", "how rows are printed: table, json or csv")
	admin := c.Flags().Bool("admin", false, "as the local cloud's administrator")
	c.RunE = func(c *cobra.Command, args []string) error {
		file, err := load(*path)
		if err != nil {
			return exit(exitConfig, err)
		}
		statements, err := statementsOf(args, c.InOrStdin())
		if err != nil {
			return err
		}
		ctx, cancel := untilSignal(c.Context())
		defer cancel()
		login, err := loginOf(ctx, file)
		switch {
		case err != nil:
			return err
		case *admin && login.Key == nil:
			return usage("--admin signs in with the private key, and this configuration has a token")
		case *admin:
			login = login.AsAdministrator()
		}
		db, err := localcloud.Open(login)
		if remote := new(localcloud.RemoteError); errors.As(err, &remote) {
			return usage("%v", err)
		} else if err != nil {
			return err
		}
		defer db.Close()
		for _, text := range statements {
			if err := localcloud.Print(ctx, db, text, c.OutOrStdout(), output); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

// statementsOf takes every argument as a statement, or stdin.
func statementsOf(args []string, stdin io.Reader) ([]string, error) {
	var statements []string
	for _, text := range args {
		statements = append(statements, localcloud.Statements(text)...)
	}
	if len(args) == 0 {
		text, err := io.ReadAll(io.LimitReader(stdin, 1<<20))
		if err != nil {
			return nil, fmt.Errorf("stdin: %w", err)
		}
		statements = localcloud.Statements(string(text))
	}
	if len(statements) == 0 {
		return nil, usage("sql: give a statement, or statements on stdin")
	}
	return statements, nil
}

// loginOf takes the first connector's Snowflake. All of a local cloud's have
// the same.
func loginOf(ctx context.Context, file supervisor.File) (localcloud.Login, error) {
	s := file.Connectors[file.Names()[0]].Snowflake
	if err := localcloud.CheckLocal(s.Host); err != nil {
		return localcloud.Login{}, usage("%v", err)
	}
	login := localcloud.Login{Host: s.Host, Account: s.Account, User: s.User, Role: s.Role, Database: s.Database, Schema: s.Schema}
	if s.Authenticator == config.KeyPair {
		key, err := s.PrivateKey()
		if err != nil {
			return login, exit(exitConfig, err)
		}
		login.Key = key
		return login, nil
	}
	token, err := access.Snowflake(s).Token(ctx)
	if err != nil {
		return login, exit(exitRefused, err)
	}
	login.Token, login.OAuth = token.Text, s.Authenticator == config.OAuthCredentials
	return login, nil
}
