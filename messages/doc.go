// Package messages is the vocabulary of kinesnow: positions and tokens, blocks
// of rows, faults, events, and who says what to whom. It imports nothing else
// of the project. Messages are sent as pointers and are read-only once sent.
//
// Who sends what to whom:
//
//	host        -> Connector     Inspect, Pause, Resume, Resolve, Drain
//	Connector   -> host          State, Done, Drained
//	Lease       -> Connector     NodeReady, ConnectorFault, Retired
//	Connector   -> Lease         ShardsReady, LookWanted, Leaving, Retire
//	Lease       -> ShardManager  LeasesHeld, LeaseLost
//	ShardUnit   -> Lease         GenerationWanted, RecheckWanted, ReleaseWanted, EndWritten
//	Lease       -> ShardUnit     GenerationGranted, LeaseConfirmed, LeaseLost, LeaseReleased
//	Channel     -> Lease         RecheckWanted
//	Lease       -> Channel       LeaseConfirmed, LeaseLost
//	Checkpoint  -> Lease         PositionWaiting
//	Lease       -> Checkpoint    PositionWritten
//
//	Channel     -> Reader        StartReading, Credit
//	Reader      -> Channel       RowBlock, GapNotice
//	Channel     -> Commits       CommitWanted
//	Commits     -> Channel       StatusRead
//	Channel     -> Checkpoint    GenerationStarted, Unsettle, BatchAccepted, BatchCommitted,
//	                             RecordsLost, Passed, Rested, EndReached, SettleAndEnd
//	Checkpoint  -> Channel       Unsettled
//	Channel, Checkpoint -> ShardUnit  Progress; ShardFinished, Concluded, Flushed
//	Channel     -> Schema        ColumnsWanted;  Ignored gets KeysIgnored
//	Schema      -> Channel       ColumnsReady, ColumnsAwaited, ColumnsRefused
//	Schema      -> Connector     TableAltered, TableShrunk, SchemaTrouble;  Ignored sends KeysCounted
//	Channel     -> ShardUnit     Waiting
//	ShardUnit   -> Channel       Flush
//	ShardUnit   -> Checkpoint    Conclude
//
//	all who record -> Ledger     RecordEvents;  Checkpoint also StretchWanted
//	Ledger      -> all of them   Recorded; StretchFound
//
// What crosses from one subtree into another is repeated until it is answered
// (protocol.md P16), for either side may have been respawned in between. What
// stays inside a generation is sent once: a message is lost only with the actor
// that would have handled it, and that ends the generation.
package messages
