// Package drivers asks localsnowflake's SQL side through what Snowflake itself
// publishes: the Python connector of version 4 (Python) and 5 (a Rust core), the
// SQLAlchemy dialect, the command line, the Node SDK, and the Go driver of
// versions 1 and 2. None is changed or told more than an address.
//
//	connector.py    snowflake-connector-python, both versions
//	alchemy.py      snowflake-sqlalchemy
//	sdk.mjs         snowflake-sdk
//	gosnowflake/    gosnowflake, one program for both versions
//	cli.go          snowflake-cli, the successor of SnowSQL
//	account.go      the account that each of them finds
//
// Statements that hold one of the comments "session expires" and "answer is
// lost" meet that once: what a driver does then is judged, too.
package drivers
