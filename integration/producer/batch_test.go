package producer

import (
	"bytes"
	"fmt"
	"math/big"
	"testing"
)

func TestRecordsOfOneBatchKeepTheirPlaces(t *testing.T) {
	for _, c := range []struct{ most, least, records int }{{0, 200, 200}, {1, 200, 200}, {7, 29, 100}, {500, 1, 9}} {
		b := Batch{Buckets: 64}
		for i := range 200 {
			b.Add(User{Key: fmt.Sprint("key-", i%9), Data: []byte{byte(i)}}, c.most)
		}
		b.Empty(3)
		records, aggregates := b.Records()
		records = records[:len(records)-1]
		if len(records) < c.least || len(records) > c.records || c.most > 0 && aggregates != len(records) || c.most == 0 && aggregates != 0 {
			t.Errorf("%d together: %d records, %d aggregates", c.most, len(records), aggregates)
		}
		seen, last := map[Place]bool{}, map[string]Place{}
		for i := range b.Len() {
			p := b.Place(i)
			if seen[p] || p.Record >= len(records) || !bytes.Contains(records[p.Record].Data, []byte{byte(i)}) {
				t.Errorf("%d together: record %d is at %+v of %d", c.most, i, p, len(records))
			}
			key := fmt.Sprint("key-", i%9)
			if before, ok := last[key]; ok && (before.Record > p.Record || before.Record == p.Record && before.Sub >= p.Sub) {
				t.Errorf("%d together: record %d is at %+v, before an older one of its key at %+v", c.most, i, p, before)
			}
			seen[p], last[key] = true, p
		}
	}
}

func TestAFullAggregateIsFollowedByAnother(t *testing.T) {
	b := Batch{Buckets: 1}
	for range 3 {
		b.Add(User{Key: "k", Data: make([]byte, packedAtMost/2)}, 100)
	}
	if records, aggregates := b.Records(); aggregates != 2 || b.Place(1) != (Place{0, 1}) || b.Place(2) != (Place{1, 0}) || len(records[0].Data) > 1<<20 {
		t.Errorf("%d aggregates, places %+v %+v", aggregates, b.Place(1), b.Place(2))
	}
}

// TestABucketsFirstHashLiesInIt: what is put under it goes where the bucket's
// keys go while no shard is smaller than a bucket.
func TestABucketsFirstHashLiesInIt(t *testing.T) {
	for _, n := range []Buckets{1, 16, 64, 256} {
		size := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(int64(n)))
		for bucket := range int(n) {
			first, ok := new(big.Int).SetString(n.Hash(bucket), 10)
			if !ok || new(big.Int).Div(first, size).Int64() != int64(bucket) || new(big.Int).Mod(first, size).Sign() != 0 {
				t.Errorf("bucket %d of %d begins at %s", bucket, n, n.Hash(bucket))
			}
		}
	}
	// md5("a") is 0cc175b9c0f1b6a831c399e269772661
	if got := []int{Buckets(1).Of("a"), Buckets(16).Of("a"), Buckets(64).Of("a"), Buckets(256).Of("a")}; fmt.Sprint(got) != "[0 0 3 12]" {
		t.Errorf("the buckets of a are %v", got)
	}
}
