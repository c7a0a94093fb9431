package demo

import (
	"crypto/md5"
	"math/big"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	kpl "github.com/kinesnow/kinesnow/integration/producer"
)

// batch is what one PutRecords call carries: records as they are, or in
// aggregates. As in the KPL, records share an aggregate when they go to the same
// shard; here that is when their keys lie in the same 64th of the hash keys.
type batch struct {
	packed int
	users  []user
	places []placeInBatch // by record
}

type user struct {
	key  string
	data []byte
}

// placeInBatch is where a record is in a call.
type placeInBatch struct{ entry, sub int }

const (
	buckets      = 64
	packedAtMost = 900 << 10 // bytes of one aggregate
)

func (b *batch) add(key string, data []byte) { b.users = append(b.users, user{key, data}) }

// entries are the call's, and places is set.
func (b *batch) entries() (all []types.PutRecordsRequestEntry) {
	b.places = make([]placeInBatch, len(b.users))
	if b.packed <= 0 {
		for i, u := range b.users {
			b.places[i] = placeInBatch{entry: i}
			all = append(all, types.PutRecordsRequestEntry{Data: u.data, PartitionKey: aws.String(u.key)})
		}
		return all
	}
	type open struct {
		entry, size int
		users       []kpl.User
	}
	filling := map[byte]*open{}
	var packs []*open
	var hashes []byte
	for i, u := range b.users {
		sum := md5.Sum([]byte(u.key))
		bucket := sum[0] / (256 / buckets)
		o := filling[bucket]
		if o == nil || len(o.users) == b.packed || o.size+len(u.data) > packedAtMost {
			o = &open{entry: len(packs)}
			filling[bucket], packs, hashes = o, append(packs, o), append(hashes, bucket)
		}
		b.places[i] = placeInBatch{o.entry, len(o.users)}
		o.users, o.size = append(o.users, kpl.User{Key: u.key, Data: u.data}), o.size+len(u.data)
	}
	for i, o := range packs {
		all = append(all, types.PutRecordsRequestEntry{
			Data: kpl.Aggregate(o.users...), PartitionKey: aws.String(kpl.SharedKey), ExplicitHashKey: aws.String(firstOf(hashes[i])),
		})
	}
	return all
}

// firstOf is a bucket's first hash key.
func firstOf(bucket byte) string {
	n := big.NewInt(int64(bucket))
	return n.Lsh(n, 128-6).String()
}
