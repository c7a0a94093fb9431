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
// AWS JSON 1.1 over HTTP/1.1 and cleartext HTTP/2 on one loopback port. A
// request has to carry a SigV4 signature, which is looked at but not verified.
// CBOR bodies, enhanced fan-out and every other operation without a file here
// are refused by name.
//
// # What is faithful
//
//   - Routing: MD5 of the partition key as an unsigned 128-bit number, or
//     ExplicitHashKey.
//   - Sequence numbers: 56 digits in the layout of the service, strictly
//     increasing in a shard, a child shard's larger than its parents'.
//   - Resharding: a parent shard stays, CLOSED; the read that reaches its end
//     has no NextShardIterator and names the child shards.
//   - Answers: member order, the 1.7E9 form of timestamps and the wording of
//     errors follow what the service was seen to send.
//   - Quotas that shape a client's code: 500 records, 10 MiB a request, 10,000
//     records and 10 MiB an answer, iterators of 5 minutes. The rates per shard
//     are enforced when Options.Limits says so.
//
// # What is not
//
// Tags and warm throughput of CreateStream are accepted and have no effect.
// Encryption, enhanced monitoring, resource policies and the AUTO record
// distribution strategy do not exist here. Arrival timestamps never go back
// within a shard, which the service does not promise.
//
// # One record's way
//
//	handler.go      HTTP, signature, fault hook
//	put_records.go  members spliced out of the body, base64 checked but kept
//	stream.go       hash key -> shard
//	shard.go        one JSON fragment per record, written once into a chunk
//	segment.go      the same bytes to disk, before the answer
//	get_records.go  chunks written out as they lie
//
// A record is encoded once, when it is put. Reading copies nothing.
package localkinesis
