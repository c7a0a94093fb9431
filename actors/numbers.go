package actors

import "time"

// The protocol's numbers that no configuration changes (protocol.md
// "Numbers"); those that it does change live in the actors' own settings.
const (
	statusPoll      = 500 * time.Millisecond // Commits, while something is pending
	statusPollMany  = time.Second            // the same above statusManyFrom channels
	statusManyFrom  = 100
	statusNames     = 500             // channels that one call asks for
	statusWanted    = 3 * time.Second // how long Commits remembers a channel that does not ask again
	commitRepeat    = 2 * time.Second // how often a channel asks again
	commitStall     = 60 * time.Second
	offerRepeat     = 4 * time.Second  // a position that waits for a renewal, which takes 5 s
	idleEvery       = 4 * time.Second  // caughtUpAt of an idle shard
	restAfter       = 60 * time.Second // nothing in flight for so long: settle
	appendFloor     = 100 * time.Millisecond
	targetWire      = 3_500 << 10 // of one append, compressed
	passLinger      = 2 * time.Second
	uncommittedMax  = 64 << 20    // bytes accepted and not committed, before compression
	creditWindow    = 8 << 20     // rendered bytes a channel takes before the first acceptance
	repeatEvery     = time.Second // what crosses subtrees is repeated
	openRefusal     = 10 * time.Second
	openRepeat      = time.Second
	openRetry       = 30 * time.Second
	openSilence     = 2 * time.Second  // of tries that failed, before somebody is told why nothing flows yet
	callLimit       = 30 * time.Second // one call of the table or of a status: a silent connection must not stop an actor
	appendLimit     = 60 * time.Second // one attempt of an open or an append, of 4 MiB on a slow line
	discoverEvery   = 5 * time.Second  // looks at a table of many rows
	lookSoonest     = time.Second      // looks at one of few: a shard that was given up waits for it
	idleSlots       = 16               // node rows that were not seen moving, from which on no new one is made
	lookPerRow      = 10 * time.Millisecond
	unownedAfter    = 2 * time.Minute  // nobody works on a shard for so long: it is told (KP1)
	blindAfter      = time.Minute      // table or stream cannot be looked at for so long: it is told
	claimGrace      = 5 * time.Second  // a free row is left to who has too few, then it is anybody's
	handoffLate     = 30 * time.Second // after it a request is not counted on (P21)
	discoverLimit   = 2 * time.Minute  // one look at table and stream; what it has made by then stays made
	listEvery       = 60 * time.Second
	dropAfter       = time.Hour        // from a shard's end, noted in its row, to the drop of its channel (P23)
	dateGrain       = time.Second      // AWS tells its time by the HTTP Date, which leaves out the fraction of a second
	dropAgain       = time.Minute      // a channel that was left, or whose drop was refused, is looked at again
	sweepTurn       = 10 * time.Minute // of one node, in which it alone sweeps
	sweepLimit      = 2 * time.Minute  // one sweep over the channels of ended shards
	renewAdaptAbove = 250              // shards; renewals spread out above it
	renewSlice      = 25               // renewals that begin together
	columnsWanted   = 3 * time.Second  // how long Schema remembers a channel that does not ask again
	columnsLook     = time.Second      // looks at a table that does not show what was added
	columnsLag      = 10 * time.Second // after it the statement is run again
	columnsFresh    = time.Minute      // a description that is older is made anew: somebody may have dropped a column
	ignoredLook     = 10 * time.Minute // looks at a table whose ignored keys are counted
	ignoredPause    = 5 * time.Second  // the same, because a name is new
	ignoredNames    = 1000             // that are told apart
	publishPause    = 50 * time.Millisecond
)
