package localcloud

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// oauthLife is how long an access token of the local authorization server
// lasts, as is usual.
const oauthLife = time.Hour

// makeAccount does what an administrator does before a connector can run
// (Openflow's page on its Kinesis connector, "set up Snowflake"). Everything
// in it may be repeated.
func (c *Cloud) makeAccount() error {
	if err := c.Snowflake.RegisterUser(User, Role, &c.key.PublicKey); err != nil {
		return err
	}
	if err := c.Snowflake.RegisterUser(Administrator, catalog.AccountAdmin, &c.key.PublicKey); err != nil {
		return err
	}
	c.Snowflake.RegisterClient(OAuthClientID, OAuthClientSecret, User, oauthLife)
	return c.execute(catalog.AccountAdmin,
		"CREATE DATABASE IF NOT EXISTS "+Database,
		"CREATE SCHEMA IF NOT EXISTS "+Database+"."+Schema,
		"GRANT USAGE ON DATABASE "+Database+" TO ROLE "+Role,
		"GRANT USAGE ON SCHEMA "+Database+"."+Schema+" TO ROLE "+Role,
		"GRANT CREATE TABLE, CREATE ICEBERG TABLE, CREATE INTERACTIVE TABLE, CREATE PIPE ON SCHEMA "+Database+"."+Schema+" TO ROLE "+Role,
	)
}

// makeTable creates a table as Openflow's page does, owned by the connector's
// role. ROW_TIMESTAMP makes the time of each row's commit visible to queries.
func (c *Cloud) makeTable(name string) error {
	columns := append([]string{"KINESISMETADATA OBJECT"}, c.options.Columns...)
	return c.execute(Role, fmt.Sprintf(
		"CREATE TABLE IF NOT EXISTS %s.%s.%s (%s) ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE ROW_TIMESTAMP = TRUE",
		Database, Schema, catalog.Quote(name), strings.Join(columns, ", "),
	))
}

// execute runs statements as a role.
func (c *Cloud) execute(role string, statements ...string) error {
	engine := &sql.Engine{Catalog: c.Snowflake.Catalog(), Rows: c.Snowflake.Store()}
	session := &sql.Session{ID: "localcloud", Account: Account, User: User, Role: role, Database: Database, Schema: Schema}
	for _, text := range statements {
		if _, err := engine.Execute(context.Background(), session, text, sql.Bindings{}); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}
