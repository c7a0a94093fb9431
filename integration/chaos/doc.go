// Command chaos runs real kinesnow processes on real sockets and does to them
// what machines, networks and operators do, and then counts every row.
//
//	go run ./integration/chaos [-for 170s] [-kills 40] [-rows 300000] [-only STORM] [-seed N] [-keep] [-v]
//
//	this process                                    children: kinesnow run, three to five of them
//	  local cloud: Kinesis, DynamoDB, Snowflake       one stream, one lease table, leases of 3 s
//	    ^ one proxy.Link for each child and service  <-- everything they say to it
//	  producer   each row known by its number, put alone or in an aggregate
//	  storm      kills, zombies, drains, full disks, mischief on links, clocks, reshards, throttles, broken subscriptions
//	  calm       everything must arrive; kinesnow audit must exit 0; rows are compared with the puts
//
// Four phases. Storm "either": three processes, of which each restart polls or
// reads by fan-out. Storm "fanout": all by fan-out over HTTP/2 and TLS, two more
// that join and leave, and UpdateShardCount five times in a row. Then, by
// polling: takeover, hand-off and join with the default lease, timed by the
// commits of the server; and a mixed fleet, in which processes are restarted as
// the program of the commit in PREVIOUS and back.
//
// A kill counts only if rows were committed since the one before. Whatever is
// wrong ends in exit code 1, with the folder kept and the seed printed: the
// seed fixes which blow falls on whom and in which order, not the moment at
// which processes react.
//
//	main.go       phases, storms.go two      world.go      one cloud with its fleet, front.go its TLS
//	storm*.go     who is hit, and how        fleet.go      the processes, child.go one of them
//	producer.go   what is put                comparison.go puts against rows
//	takeover.go   the times, with join.go    mixed.go      N and N-1
//	logs.go       what the children say      verdict.go    what the run fails for
package main
