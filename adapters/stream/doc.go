// Package stream reads Kinesis data streams with shared throughput: it lists
// shards and turns what GetRecords answers into messages.RowBlocks.
//
// One record's way:
//
//	source.go     Next: one block, or patience.go with what passes with time
//	pacer.go      when the shard may be asked again; aim.go: for how much
//	iterator.go   shard iterators and what they are renewed from
//	fetch.go      GetRecords, in one attempt
//	protocol.go   the SDK's seam: its response body goes to answer.go, not into its structs
//	endpoint.go   where calls go, found out once
//	buffers.go    the few large buffers that everything lives in
//	answer.go     body -> places of each record's members in it (parse.go, parser.go)
//	anchor.go     the first record after a resume must be the start's own (P9)
//	render.go     base64 -> the block's buffer -> decode, transform -> rows, in place
//	end.go        is a null iterator the end of the shard (P23)
//	fault.go      AWS errors -> messages.Fault
//
// The SDK signs, resolves endpoints and reads errors. Its own decoder takes
// three times the CPU of everything else here together, so it never sees the
// body of a GetRecords answer.
//
// A record that a producer library aggregated would become several user records
// between base64 and rows: record in render.go decodes one Kinesis record and
// hands user records to user, of which a plain record is one.
package stream
