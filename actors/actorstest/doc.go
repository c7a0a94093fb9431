// Package actorstest is the outside world for tests of the actors, in memory
// and in whatever time the test keeps: a Kinesis stream, a DynamoDB lease table
// and Snowpipe Streaming, with a script for what goes wrong. Inside
// testing/synctest an hour of it takes milliseconds.
//
//	Cloud    cloud.go      the three together, and the judge: Problems
//	Stream   stream.go     shards and records; implements StreamCatalog
//	Source   source.go     one shard read from a place on; implements BlockSource
//	Table    table*.go     leases and positions; implements LeaseTable, PositionTable
//	Sink     sink*.go      channels; implements RowSink, StatusService
//	Script   script.go     what happens to each call
//
// The doubles keep the service's own rules and nothing else: opening a channel
// fences every opening before it, an append that is repeated under its token
// changes nothing, rows are durable some time after they were accepted, and an
// open may discard those that are not. A call whose caller goes away is still
// carried out, as a request on the wire is.
//
// While they serve they watch what the protocol forbids (Problems): other bytes
// under a used token (P11), rows accepted while the lease row says that nothing
// is in flight (P7), a checkpoint that was never committed (P14), a shard's end
// before its rows (P23), a child's row before its parents' (P22).
package actorstest
