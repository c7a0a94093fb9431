// Bench measures what the connector costs, on this machine and in minutes.
//
//	go run ./integration/bench           CPU per GB beside the straight-line programs
//	go run ./integration/bench memory    throughput and memory under a small byte budget
//	go run ./integration/bench servers   what the local servers themselves carry
//	go run ./integration/bench shards    what a thousand shards cost one process
//	go run ./integration/bench channels  what 1,800 channels ask of Snowflake, and what we add to a row's latency
//
// A campaign is a parent, one server process and contestants, each run in a
// process of its own; all are this binary under another role (process.go). The
// exit code is 1 where a target is missed.
//
// # bench cpu
//
// Three contestants move the same records from the same server process to the
// same server process, uncompressed and without TLS:
//
//	C1        straight.go over wire_http.go   net/http: the class of transport that the connector has
//	F1        straight.go over wire_raw.go    raw sockets and writev: what the byte work itself costs
//	kinesnow  connector.go                    supervisor.New in a host's actor system, reading unbound
//
// C1 and F1 do what cannot be avoided and nothing else: read, find the records,
// decode base64 into the batch, check every byte strictly, splice
// KINESISMETADATA in, send. One goroutine a shard, buffers kept, no retry, no
// lease, no budget. Reads and appends have the connector's sizes.
//
// The server (server.go) makes GetRecords answers of 2,000 distinct canned
// records (events.go, kinesis.go), never slows down, and counts what is appended
// (snowpipe.go): rows, bytes, the order and checksum of each shard's sequence
// numbers, and a checksum of every byte (tally.go), against an expectation that
// shares no code with the connector. One difference ends the campaign with an
// error.
//
// CPU is user and system time of the contestant's process between its first
// GetRecords and its last acknowledged append; the connector's whole life, lease
// table and actors included, is in that process. Contestants are pinned to one
// core with GOMAXPROCS=1, the server to another. Rounds run every contestant in
// turn; the first only warms up.
//
// How to read it: "CPU to C1" is the median of the ratios of runs of the same
// round, with the least, the greatest and their number. Only ratios mean
// something elsewhere: s/GB is this machine's. A shard's appends are 100 ms apart
// by the protocol, 27 MB/s of 1 KiB records; with few shards the connector
// therefore sleeps most of the time, and what is then measured on a busy machine
// is how dear it is to wake up to cold caches. Eight shards, the default, keep it
// at work; -shards 2 shows the other.
//
// Flags shorten a run or change the records: -pairs, -mb, -size, -shards.
// -cpuprofile FILE writes pprof profiles instead of a table: FILE and
// FILE.allocs of the connector, FILE.c1 and FILE.c1.allocs of C1.
//
// # bench memory
//
// Sixteen shards with a backlog loaded first, a byte budget of 64 MiB, zstd,
// reading unbound, and in another process localkinesis, localdynamo and a
// localsnowflake that counts its rows (backlog.go). Commit delays of 6.5 s and
// 0.1 s take turns. Bytes are free at acceptance (P15), so the delay must not
// matter: a connector that held them until they are committed could move
// 64 MiB in 6.5 s and no more.
//
// The rate is raw bytes from the first read to the last accepted append. Peak
// memory is VmHWM of the connector's process, binary and all. The process sets
// the Go runtime's soft limit to the budget and 56 MiB: without one, the
// collector lets garbage grow as large as what is in use.
//
// # bench servers
//
// How fast the local servers are, so that nobody measures them when he means
// the connector. A client process and the server process share two cores; rate
// limits are off. The client is the AWS SDK for Go as it comes (load_kinesis.go:
// PutRecords of 500 x 1,000 bytes by four writers into four shards, GetRecords
// with Limit 10,000, SubscribeToShard) or a bare HTTP client that appends
// bodies of 1 to 4 MB of the connector's rows over four channels into a table
// that evolves (load_snowflake.go), and the clock runs until the last row is
// committed. The rows are counted afterwards: what is lost ends the campaign.
//
// Beside each figure stands the yardstick's (yardstick.go): the same client, in
// turn with it, against a handler that reads and discards and answers the same
// bytes, made beforehand. It is what client, net/http and machine allow; the
// ratio is what the server adds, and means something elsewhere, too. A figure
// missed while the column "others" is not near 0 says little: run it again on
// a machine that has nothing else to do. -cpuprofile FILE profiles the server
// process, -only TEXT runs the lines that hold TEXT.
//
// # bench shards
//
// A stream of 1,000 shards, all in one process, and everything that kinesnow run
// has: journal on disk, HTTP port, default byte budget and memory limit
// (shards_connector.go). Kinesis, DynamoDB and Snowflake are the local ones, in
// another process, which counts their calls and the committed rows
// (shards_server.go); rows are committed 6.5 s after they were accepted. Reads
// keep Kinesis' pace. Phases, each measured for a minute after 15 s to settle:
//
//	polled, idle          no record; the shards are asked once a second
//	polled, 1 KB/s each   one record of 1,024 bytes a second for every shard
//	pushed, ...           the same by enhanced fan-out, for information
//
// Cores are user and system time of the connector's process; RSS is VmRSS at the
// end of a phase, "collected" the same after a collection that gives free pages
// back, peak VmHWM since the process began, start included. Reads and writes are
// the calls that the lease table got; the most of any second of the server's
// clock is told beside their mean. At the end every row must have been committed
// once and in order, and the connector must have drained.
//
// Before that, 100 shards with a record in each, which all wait for the connector
// to start: seconds from the process's beginning until the last channel was
// opened, and until the last shard had an append accepted, as its events tell.
//
// The yardstick is a client that polls as many shards with net/http and nothing
// else (shards_poller.go), measured in the same campaign: on a machine that is
// busy, or slower, the ratio is what can be compared.
//
// -profile FILE writes a CPU profile and the heap of each phase.
//
// # bench channels
//
// Servers and connector in one process (channels.go), rows committed 6.5 s after
// acceptance, all of localsnowflake's limits enforced: 10 appends and 20 MB a
// second and channel, four status calls a second, 500 names in each. First 1,800
// channels of one connector with a record a second each: for every second the
// calls by kind, the most status calls that arrived within any second of the
// server's clock so far, the answers of 429, and the latency added. Then 16
// channels with ten records a second each, for the latency alone.
//
// Latency added is that of each record: from just before it was put into Kinesis
// until the connector had read back the token that covers it, less the server's
// commit delay as configured. The server's own tick of up to 20 ms, HTTP and the
// machine count as ours. At the default linger (500 ms) and polls (shards 200 ms,
// status 500 ms, 1 s above 100 channels) a record cannot do better than about
// 1.2 s at its worst, 1.8 s above 100 channels; the target is for the former.
package main
