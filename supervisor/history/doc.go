// Package history tells what happened to a shard, in lines that a human reads:
// which node took it, where each generation began and why, what was lost,
// rejected or decided by whom, how generations ended, and what became of the
// shard. It reads the journals of every node, also while they are being
// written, and asks nobody.
//
//	history.go  journals -> lines
//	order.go    several nodes' lines -> one story, by the epochs of the lease
//	line.go     an event -> words
package history
