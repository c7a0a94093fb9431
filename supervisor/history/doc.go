// Package history tells what happened to a shard, in lines that a human reads:
// which node took it, where each generation began and why, what was appended
// and committed, and how generations ended. It reads the journals of every
// node, also while they are being written.
package history
