package exact

import "strconv"

// Place is where Kinesis put a user record.
type Place struct {
	Shard    uint16 // number
	Sequence string // decimal, as Kinesis answered
	Sub      int32  // place in the aggregate; 0 outside of one
}

// String names the place.
func (p Place) String() string {
	text := "shard " + strconv.Itoa(int(p.Shard)) + ", " + p.Sequence
	if p.Sub > 0 {
		text += "/" + strconv.Itoa(int(p.Sub))
	}
	return text
}

// Before orders places of one shard: by sequence number, which is longer or has
// larger digits, then within an aggregate.
func (p Place) Before(o Place) bool {
	switch {
	case len(p.Sequence) != len(o.Sequence):
		return len(p.Sequence) < len(o.Sequence)
	case p.Sequence != o.Sequence:
		return p.Sequence < o.Sequence
	}
	return p.Sub < o.Sub
}
