// Package demo runs the main job where everybody can see it: real records go
// into a local Kinesis stream at a steady rate, the connector, a process of its
// own, brings them into a local Snowflake table, and meanwhile things go wrong.
// At the end what was put is compared with what SELECT returns.
//
//	this process                                      child process
//	  local cloud (integration/localcloud)              supervisor/process, the product as it is
//	    Kinesis    <-- producer (AWS SDK)                 <-- GetRecords
//	    DynamoDB                                          <-- leases
//	    Snowflake                                         <-- appends
//	       `-- SELECT (gosnowflake) --> comparison
//	  killer     one JSON line per order        -->     chaos.Registry in every actor's middleware
//	  reaper     SIGKILL                        -->     the whole process
//	  faults     fault hooks of the servers: throttled calls, lost answers
//	  reshaper   one split, one merge
//
// What it shows while it runs, and what it counts at the end, comes from the
// servers: records from Kinesis, rows and commit times from Snowflake, epochs
// and the ledger's counters from the lease table. Only the phases of shards and
// the reasons why generations ended are the product's own word.
//
// The input is 1,707 events of a feed of the U.S. Geological Survey (public
// domain), repeated under a running number, or a file of the user's.
package demo
