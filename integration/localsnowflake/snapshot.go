package localsnowflake

// ChannelState is what the server knows of one channel at one moment.
type ChannelState struct {
	Database, Schema, Pipe, Name string

	Code            string // SUCCESS when healthy
	Committed       string // offset token; "" when Tokenless
	Tokenless       bool   // nothing was committed yet, or it was lost
	ClientSequencer int64  // of the newest opening
	RowSequencer    int64  // that the next append must carry
	CreatedOnMs     int64

	ServingAppends     int   // appends that have arrived and are not answered yet
	AcceptedBatches    int64 // since the server started, repeats not counted
	RepeatedBatches    int64 // recognised by their continuation token and ignored
	CommittedBatches   int64 // since the channel was created
	DiscardedBatches   int64 // accepted and then dropped by an opening or an invalidation, since the server started
	UncommittedBatches int
	UncommittedBytes   int    // unpacked
	AcceptedToken      string // end offset token of the last accepted batch of this opening; "" for none
	UnechoedSessions   int64

	RowsInserted int64
	RowsParsed   int64
	RowsErrors   int64
}

// Channels lists all channels by full name.
func (s *Server) Channels() []ChannelState {
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	list := make([]ChannelState, 0, len(s.channels.byKey))
	for _, ch := range s.channels.sorted() {
		list = append(list, ch.snapshot(s.channels.serving[keyOf(ch.pipe, ch.Name)]))
	}
	return list
}

func (c *channel) snapshot(serving int) ChannelState {
	state := ChannelState{
		Database: c.Database, Schema: c.Schema, Pipe: c.Pipe, Name: c.Name,
		Code: c.Code, Tokenless: c.Committed == nil,
		ClientSequencer: c.Client, RowSequencer: c.next, CreatedOnMs: c.CreatedOnMs,
		ServingAppends: serving, AcceptedBatches: c.accepted, RepeatedBatches: c.repeated, CommittedBatches: c.Batches,
		DiscardedBatches: c.discarded, UncommittedBatches: len(c.pending), UncommittedBytes: c.waiting,
		AcceptedToken: c.acceptedEnd, UnechoedSessions: c.unechoed,
		RowsInserted: c.RowsInserted, RowsParsed: c.RowsParsed, RowsErrors: c.RowsErrors,
	}
	if c.Committed != nil {
		state.Committed = *c.Committed
	}
	return state
}
