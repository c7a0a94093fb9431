// Package supervisor is who watches whom, and the library: New returns one
// connector, one stream into one table, as *actor.Props for a host's own actor
// system.
//
//	connector      connector*.go, health.go, drain.go, keeps its children alive; what is paused
//	               pauses.go                           is kept in the lease table
//	shardManager   manager.go                          one unit per held lease
//	shardUnit      unit.go, unit_*.go                  owns the generations of one shard
//	plant          plant*.go, fan_out.go               the adapters, wired to a configuration; a pipe of the
//	               pipe_looks.go                       user's own is looked at
//
// # Policy
//
// A supervisor here only ever stops. In-place restarts keep the mailbox, and
// what is queued there is appended ahead of a reader that rewound: that lost
// rows in 40 of 40 trials (specs/protoactor.md 2.6).
//
//	parent         child ends by         what follows
//	shardUnit      Transient             new generation after a pause: 200 ms doubling to 30 s,
//	                                     full jitter, over again after a commit
//	shardUnit      413, 400, overflow    the same, and the next generation probes (P13)
//	shardUnit      Fenced                new generation only when Lease confirms the lease;
//	                                     the fifth stale sequencer in a row parks: OTHER_WRITER
//	shardUnit      Rejected              parked with a stop code; ACCESS_DENIED, TARGET_MISSING,
//	                                     CHANNEL_LIMIT and EFO_UNAVAILABLE are tried again every 5 min
//	shardUnit      a bug's panic         as Transient
//	shardManager   a unit's end          respawned after 1 s while the lease is held
//	connector      any child's end       respawned after 50 ms under the same name
//	host           the connector's end   the host's own strategy; a restart in place is harmless
//
// # Panics
//
// guard.go is the outermost middleware of every actor: it turns panics into
// faults with a stack, and swallows those of actors that are stopping, which
// would otherwise be resurrected.
package supervisor
