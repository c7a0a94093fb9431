// Package process is one kinesnow process: all connectors of one configuration
// file in one actor system, with what surrounds them.
//
//	New(file, options)   validates everything; opens and calls nothing
//	Run(ctx)             until ctx ends, all is parked, or all is caught up
//	                     -> drain -> exit code
//
//	log.go        zerolog on stderr; actorlog.go keeps the actor library's lines fit to print
//	memory.go     GOMEMLIMIT from the cgroup
//	crew.go       spawns the connectors, looks at each four times a second, spawns again what died
//	verdict.go    what one look at all of them means: go on, or end, and with which exit code
//	findings.go   gaps and rejected rows, counted from events
//	routes.go     the read-only HTTP port (listen.go)
//	commands.go   what comes through the control socket (package control)
//
// # Exit codes
//
//	0    drained as asked; or caught up and nothing was found
//	1    not everything was committed when drain_timeout was over; or a connector died again and
//	     again; or it was stopped before it had caught up, which it was told to
//	2    caught up, but a gap, a rejected row, a parked or a paused shard remains
//	69   everything is parked, the first connector for something missing or unreachable; or the HTTP port is taken
//	77   everything is parked, the first connector because access was refused
//
// A stop that kinesnow resolve answers keeps the process up even when nothing
// else works: resolve needs the process that holds the shard.
package process
