// Package fleet is what kinesnow status shows: how every connector of a
// configuration is, told by whom.
//
//	Of        from what processes on this machine answered (source "processes")
//	Reader    where none answered: from the lease rows in DynamoDB and the
//	          channels' status in Snowflake (source "leases"), so it works from
//	          a laptop. It takes no lease and writes nothing.
//	Rate      rows and bytes per second, from two reports of the processes
//	Text      the report for people; as JSON it is the Report itself
//
// The lease rows say less than a process does: who works on which shard, and
// how far its rows are committed. Whether an owner is alive cannot be known from
// one look; its lease's expiry is shown by this machine's clock, as a hint.
package fleet
