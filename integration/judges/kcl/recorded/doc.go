// Package recorded has the lease tables that real KCLs left, and says what
// kinesnow must make of each lease (specs/kinesis-consumption.md 8). testdata's
// README names the versions and the story behind the tables.
package recorded
