// Package chaos ends live actors of a connector on request. It hooks into
// supervisor.Host.Middleware, which reaches every actor of the tree, and needs
// nothing else of the connector: kinds are told apart by the names of the
// processes, which the tree fixes.
//
//	<connector>                          connector
//	<connector>/leases                   leases
//	<connector>/commits                  commits
//	<connector>/ledger                   ledger
//	<connector>/shards                   shards
//	<connector>/shards/<shardId>         unit
//	.../<shardId>/checkpoint-<g>         checkpoint
//	.../<shardId>/channel-<g>            channel
//	.../<shardId>/reader-<g>             reader
//
// An actor dies in one of two ways: it panics in the middle of its mail, or it
// is stopped from outside. Both are reported when they happen, not when they
// are asked for.
package chaos
