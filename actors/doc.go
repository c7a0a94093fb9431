// Package actors does the work: thin shells over pure state, each of which can
// be read and tested without the others. They know the outside world only
// through the interfaces that they declare themselves; supervisor wires
// adapters to those.
//
// # The tree
//
//	host's ActorSystem
//	`- <connector>              supervisor.connector     starts, drains, answers
//	   |- leases                Lease       lease.go, lease_*.go, fleet.go
//	   |- commits               Commits     commits.go
//	   |- ledger                Ledger      ledger.go, book.go
//	   |- drops                 Drops       drops.go, ended.go: channels of ended shards
//	   `- shards                supervisor.shardManager  one unit per held lease
//	      `- <shardId>          supervisor.shardUnit     owns the generations
//	         |- checkpoint-<g>  Checkpoint  checkpoint.go, checkpoint_*.go, fold.go
//	         |- reader-<g>      Reader      reader.go
//	         `- channel-<g>     Channel     channel.go, channel_*.go, queue.go, flights.go
//
// g is the lease epoch of the generation. Nothing here is ever restarted in
// place: when one of the three ends, the unit stops the other two, waits for
// all of them, and begins anew under new names.
//
// # One record's way
//
//	Kinesis --GetRecords--> adapters/stream decodes, adapters/rows splices the metadata in
//	  Reader.fetch         takes bytes from the budget, one answer becomes one RowBlock
//	  Channel.take         accepts the block only if it continues what it holds   queue.go
//	  Channel.seal         cuts a batch when it is due and may be appended        settlement.go
//	  Channel.attempts     the same bytes under the same token until answered     channel_append.go
//	  Channel.accepted     bytes are free, credit goes back, a range stays        flights.go
//	  Commits.poll         one status call for all channels                       commits.go
//	  Channel.status       a token read back covers the range                     channel_commit.go
//	  Checkpoint.committed counts and digest go on                                checkpoint.go
//	  Lease.renewAll       the position rides on the next renewal                 lease_renew.go
//
// # One fault's way
//
// An adapter gives an error its class once (messages.Fault). What is expected
// is a pause inside the actor. What is not ends the generation by a panic with
// the fault, which only the unit sees: HandleFailure keeps it, stops the child,
// and when all three are gone the policy judges it (supervisor/policy.go).
// Where a generation starts again is never remembered: it is decided anew from
// the lease row and from its own opening (start.go, P7).
package actors
