package messages

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Counters is the evidence that a shard's lease row carries beside its
// position (P26): cumulative since the shard's first record, and always of
// exactly what the position covers.
type Counters struct {
	Read      int64  `msgpack:"read" json:"read"`           // user records
	Discarded int64  `msgpack:"discarded" json:"discarded"` // unusable payloads
	Filtered  int64  `msgpack:"filtered" json:"filtered"`   // dropped by a transform
	Appended  int64  `msgpack:"appended" json:"appended"`   // rows accepted by Snowflake
	Committed int64  `msgpack:"committed" json:"committed"` // rows whose token was read back, rejected ones included
	Rejected  int64  `msgpack:"rejected" json:"rejected"`   // rows that Snowflake could not put into the table
	Digest    Digest `msgpack:"digest" json:"digest"`
}

// Add returns the sum of two stretches; the digest is that of the later one.
func (c Counters) Add(d Counters) Counters {
	return Counters{
		c.Read + d.Read, c.Discarded + d.Discarded, c.Filtered + d.Filtered,
		c.Appended + d.Appended, c.Committed + d.Committed, c.Rejected + d.Rejected, d.Digest,
	}
}

// Minus returns what was counted since earlier, without a digest.
func (c Counters) Minus(earlier Counters) Counters {
	return Counters{
		Read: c.Read - earlier.Read, Discarded: c.Discarded - earlier.Discarded, Filtered: c.Filtered - earlier.Filtered,
		Appended: c.Appended - earlier.Appended, Committed: c.Committed - earlier.Committed, Rejected: c.Rejected - earlier.Rejected,
	}
}

// Digest is the rolling digest of a shard's committed batches: the first 8
// bytes of SHA-256(previous, seq, sub, rows) as 16 hex digits. "" is the
// digest of no batch.
type Digest string

// Fold returns the digest after one more batch that ends at p with rows rows.
func (d Digest) Fold(p Position, rows int64) Digest {
	text := string(d) + "\n" + string(p.Seq) + "\n" + subText(p.Sub) + "\n" + strconv.FormatInt(rows, 10)
	sum := sha256.Sum256([]byte(text))
	return Digest(hex.EncodeToString(sum[:8]))
}
