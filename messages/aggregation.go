package messages

// Aggregation counts what producers put into one Kinesis record together, and
// what is odd about it. It is no part of Counters, for it proves nothing.
type Aggregation struct {
	Aggregates int64 `json:"aggregates"` // Kinesis records that were taken apart
	OutOfRange int64 `json:"outOfRange"` // user records of them that belong to another shard; they are kept
	Damaged    int64 `json:"damaged"`    // records that begin like an aggregate and are none: plain records
}

// Add returns the sum of two counts.
func (a Aggregation) Add(b Aggregation) Aggregation {
	return Aggregation{a.Aggregates + b.Aggregates, a.OutOfRange + b.OutOfRange, a.Damaged + b.Damaged}
}
