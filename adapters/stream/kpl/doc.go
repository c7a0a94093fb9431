// Package kpl takes records apart that a producer aggregated in the format of
// the Kinesis Producer Library (aggregation-format.md of
// awslabs/amazon-kinesis-producer):
//
//	F3 89 9A C2 | AggregatedRecord | MD5 of the AggregatedRecord
//
//	message AggregatedRecord {
//	  repeated string partition_key_table     = 1;
//	  repeated string explicit_hash_key_table = 2;
//	  repeated Record records                 = 3;
//	}
//	message Record {
//	  required uint64 partition_key_index     = 1;
//	  optional uint64 explicit_hash_key_index = 2;
//	  required bytes  data                    = 3;
//	  repeated Tag    tags                    = 4; // never used
//	}
//
// It is pure functions over bytes. Nothing is allocated per user record, and
// tables are no longer than the bytes that they were read from.
//
//	aggregate.go  what is an aggregate, and its user records one by one
//	wire.go       protobuf's wire format, as far as it is needed
//	hash.go       which shard's hash range a user record belongs to
//
// A record is taken apart whole or not at all. One that begins like an
// aggregate and is none, for whatever reason, is a plain record, as the KCL has
// it. One thing is done better than there: a user record whose key index leads
// nowhere is kept, under the key of the Kinesis record that carries it.
package kpl
