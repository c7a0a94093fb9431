// Package stream reads Kinesis data streams with shared throughput or enhanced
// fan-out: it lists shards and turns what GetRecords answers, or
// SubscribeToShard pushes, into messages.RowBlocks.
//
// One record's way:
//
//	source.go     Next: one block, or patience.go with what passes with time
//	pacer.go      when the shard may be asked again (limits.go); aim.go: for how much
//	iterator.go   shard iterators and what they are renewed from
//	fetch.go      GetRecords, in one attempt
//	protocol.go   the SDK's seam: its response body goes to answer.go, not into its structs
//	endpoint.go   where calls go, found out once
//	buffers.go    the few large buffers that everything lives in
//	answer.go     body -> places of each record's members in it (parse.go, parser.go)
//	anchor.go     the first record after a resume must be the start's own (P9)
//	render.go     base64 -> the block's buffer -> decode, transform -> rows, in place
//	packed.go     what producers aggregated: kpl/ -> user records
//	cut.go        a block that is full before its answer ends
//	end.go        is a null iterator the end of the shard (P23)
//	fault.go      AWS errors -> messages.Fault
//
// By enhanced fan-out an event takes the place of an answer:
//
//	fan_out.go       Next: the same contract, from subscriptions one after the other
//	consumer.go      the registered consumer and its ARN (deregister.go, unavailable.go)
//	subscribe.go     the call, at the shard's turn (fan_out_pace.go); what refuses it
//	push_protocol.go the SDK's seam again; push_transport.go: HTTP/2, and how much lies ready
//	subscription.go  one subscription while it lasts: heads, silence, nobody asks
//	frame.go         the event stream's encoding -> answer.go, and on as above
//	fallback.go      polls while fan-out cannot be had
//
// The SDK signs, resolves endpoints and reads errors. Its own decoder takes
// three times the CPU of everything else here together, so it never sees the
// body of a GetRecords answer.
//
// A record that a producer library aggregated becomes several user records
// between base64 and rows: record in render.go decodes one Kinesis record and
// hands user records to user, of which a plain record is one.
package stream
