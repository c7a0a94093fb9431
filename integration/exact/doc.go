// Package exact says what it takes for a table to hold exactly what was put
// into a stream: every user record once, unchanged, and in the order of its
// shard and of its partition key. It knows nothing of the product.
//
//	shard.go   shards by number      comparison.go  rows, in the order of their commits, against puts
//	place.go   where a record lies   result.go      what came of it
package exact
