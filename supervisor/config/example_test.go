package config_test

import (
	"fmt"
	"os"

	"github.com/kinesnow/kinesnow/supervisor/config"
)

// A host that embeds a connector starts from the defaults and needs no file.
func ExampleDefaults() {
	cfg := config.Defaults()
	cfg.Application = "kinesnow-orders"
	cfg.AWS.Region = "eu-west-1"
	cfg.Kinesis.Stream = "orders"
	cfg.Snowflake.Account = "MYORG-PROD"
	cfg.Snowflake.User = "KN_ORDERS"
	cfg.Snowflake.Database = "RAW"
	cfg.Snowflake.Schema = "EVENTS"

	fmt.Println(cfg.Validate("orders"))
	cfg.Snowflake.Table = "ORDERS"
	fmt.Println(cfg.Validate("orders"))
	// Output:
	// connectors.orders.snowflake.table: is required: the destination table, in exact case
	// <nil>
}

// Load lists everything that is wrong with a file.
func ExampleLoad() {
	_, err := config.Load("testdata/mistakes.yaml", os.LookupEnv)
	fmt.Println(err)
	// Output:
	// testdata/mistakes.yaml:6:7: connectors.orders.kinesis.strem: unknown key; did you mean stream?
	// testdata/mistakes.yaml:7:22: connectors.orders.kinesis.consumer_type: "FOO" is not allowed; use SHARED_THROUGHPUT or ENHANCED_FAN_OUT
	// testdata/mistakes.yaml:16:23: connectors.orders.lease.duration: 10s is too short: a lease outlives three renewals, so at least 3 x lease.renew (5s) = 15s
}
