package producer

import (
	"crypto/md5"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// SharedKey is the partition key that the KPL gives a Kinesis record whose user
// records have several.
const SharedKey = "a"

// User is one user record.
type User struct {
	Key  string // partition key
	Hash string // explicit hash key in decimal; "" = the partition key's own
	Data []byte
}

// Aggregate is the data of one Kinesis record that carries all of users, of
// which there may be none: magic, protobuf, MD5 of the protobuf
// (aggregation-format.md of awslabs/amazon-kinesis-producer). Each key is in
// its table once.
func Aggregate(users ...User) []byte { return Seal(Message(users...)) }

// Message is the protobuf message alone.
func Message(users ...User) []byte {
	var keys, hashes table
	var records [][]byte
	for _, u := range users {
		b := number(nil, 1, keys.index(u.Key))
		if u.Hash != "" {
			b = number(b, 2, hashes.index(u.Hash))
		}
		records = append(records, text(b, 3, u.Data))
	}
	var message []byte
	for _, key := range keys {
		message = text(message, 1, []byte(key))
	}
	for _, hash := range hashes {
		message = text(message, 2, []byte(hash))
	}
	for _, r := range records {
		message = text(message, 3, r)
	}
	return message
}

// Seal puts the magic before a message, and its MD5 behind it, whatever it is.
func Seal(message []byte) []byte {
	sum := md5.Sum(message)
	return slices.Concat([]byte("\xf3\x89\x9a\xc2"), message, sum[:])
}

// table is a table of texts, in the order in which they were met.
type table []string

func (t *table) index(s string) uint64 {
	i := slices.Index(*t, s)
	if i < 0 {
		i, *t = len(*t), append(*t, s)
	}
	return uint64(i)
}

func number(b []byte, field protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), value)
}

func text(b []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), value)
}
