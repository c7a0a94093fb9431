// Package localkinesis is a Kinesis Data Streams server for one machine. It
// speaks the service's own protocol, so an unmodified AWS CLI, boto3 or AWS SDK
// works against it, and it stays in one process with whatever started it.
//
//	server, err := localkinesis.Start(localkinesis.Options{})
//	...
//	defer server.Close()
//	// aws --endpoint-url <server.URL()> kinesis list-streams
//
// # Protocol
//
// AWS JSON 1.1, and CBOR 1.1 as the SDKs for Java speak it, over HTTP/1.1 and
// cleartext HTTP/2 on one loopback port. A request has to carry a SigV4
// signature, which is looked at but not verified. Every operation without a
// file here is refused by name.
//
// # What is faithful
//
//   - Routing: MD5 of the partition key as an unsigned 128-bit number, or
//     ExplicitHashKey.
//   - Sequence numbers: 56 digits in the layout of the service, strictly
//     increasing in a shard, a child shard's larger than its parents'.
//   - Resharding: a parent shard stays, CLOSED; the read that reaches its end
//     has no NextShardIterator and names the child shards.
//   - Enhanced fan-out: consumers with their states and quotas; subscriptions
//     that open with an initial response, tell their progress when idle, end
//     after 5 minutes, are refused within 5 s and taken over after that, and
//     close with the child shards.
//   - Answers: member order, the 1.7E9 form of timestamps and the wording of
//     errors follow what the service was seen to send.
//   - Quotas that shape a client's code: 500 records, 10 MiB a request, 10,000
//     records and 10 MiB an answer, iterators of 5 minutes. The rates per shard
//     and the calls per second of each operation are enforced when
//     Options.Limits says so.
//
// # What is not
//
// Tags, encryption and enhanced monitoring are remembered and shown, and have
// no other effect; so is the on-demand mode, in which a stream does not grow.
// Warm throughput is accepted and forgotten. Resource policies, account
// settings and the AUTO record distribution strategy do not exist here. Arrival
// timestamps never go back within a shard, which the service does not promise.
//
// # One record's way
//
//	handler.go      HTTP, signature, fault hook
//	put_records.go  members spliced out of the body, base64 checked but kept
//	stream.go       hash key -> shard
//	shard.go        one JSON fragment per record, written once into a chunk
//	segment.go      the same bytes to disk, before the answer
//	get_records.go  chunks written out as they lie
//	subscription.go the same chunks, as frames of an event stream
//
// # Faults
//
// Server.Faults acts on calls, Server.EventFaults on the events of running
// subscriptions, Server.SkewDate on the clock that clients see. Refusal has the
// service's words for errors of keys, credentials and load.
//
// A record is encoded once, when it is put. Reading copies nothing.
package localkinesis
