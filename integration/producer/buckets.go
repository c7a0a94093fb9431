package producer

import (
	"crypto/md5"
	"encoding/binary"
	"math/big"
	"math/bits"
)

// Buckets divides the hash keys into so many equal ranges: a power of two.
type Buckets uint16

// Of is the bucket that a partition key's hash lies in.
func (n Buckets) Of(key string) int {
	sum := md5.Sum([]byte(key))
	return int(binary.BigEndian.Uint16(sum[:]) >> (16 - n.bits()))
}

// Hash is a bucket's first hash key, in decimal.
func (n Buckets) Hash(bucket int) string {
	hash := big.NewInt(int64(bucket))
	return hash.Lsh(hash, uint(128-n.bits())).String()
}

func (n Buckets) bits() int { return bits.Len16(uint16(n)) - 1 }
