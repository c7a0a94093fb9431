// Package leasefile is a lease table of one process: in memory, and in files of
// one folder. A replay keeps its leases here, so that it neither needs rights on
// DynamoDB nor leaves rows behind that look like a connector's.
//
// It makes the same promises as adapters/leasetable (protocol.md P5, P18): a
// write names owner and epoch, a position also its number, and what does not
// stand any more is refused as Fenced. Only positions and ends are written to
// the disk, for leases end with the process: a folder that is opened again has
// every row free.
//
//	stream.json       the __stream__ row
//	<shardId>.json    one shard's row, as of its last position write
//	lock              held by the process that has the folder open
//
// A file is replaced as a whole. Where it says that rows may be in flight, that
// none are, or that the shard has ended, it is on the disk before the write is
// answered (P7).
package leasefile
