package reckoning

// Rows is what became of the user records of one shard, or of all.
type Rows struct {
	Read      int64  `json:"userRecordsRead"`
	Discarded int64  `json:"discarded"`
	Filtered  int64  `json:"filtered"`
	Appended  int64  `json:"rowsAppended"`
	Committed int64  `json:"rowsCommitted"`
	Snowflake *int64 `json:"rowsBySnowflakesCounters,omitempty"` // inserted and rejected; absent = not known, or not comparable
	Rejected  int64  `json:"rowsRejected"`
}

// Add sums up one shard.
func (r *Rows) Add(o Rows) {
	r.Read += o.Read
	r.Discarded += o.Discarded
	r.Filtered += o.Filtered
	r.Appended += o.Appended
	r.Committed += o.Committed
	r.Rejected += o.Rejected
	r.Snowflake = Plus(r.Snowflake, o.Snowflake)
}

// Plus adds what is known; what is known of one part only is not known of all.
func Plus(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}
