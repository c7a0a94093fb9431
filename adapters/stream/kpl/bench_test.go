package kpl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/integration/producer"
)

// sample is an aggregate of n user records of size bytes, with k keys.
func sample(n, size, k int) []byte {
	all := make([]producer.User, n)
	for i := range all {
		all[i] = producer.User{Key: fmt.Sprint("key-", i%k), Data: []byte(strings.Repeat("x", size))}
	}
	return producer.Aggregate(all...)
}

func TestNothingIsAllocatedPerUserRecord(t *testing.T) {
	var a kpl.Aggregate
	data, shard := sample(1000, 50, 100), kpl.NewRange("0", middle)
	outside := 0
	if n := testing.AllocsPerRun(20, func() {
		if err := a.Open(data); err != nil {
			t.Fatal(err)
		}
		for u := (kpl.User{}); a.Next(&u); {
			if a.Outside(&u, shard) {
				outside++
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations for an aggregate of 1,000", n)
	}
	if outside == 0 {
		t.Error("no user record was outside of the lower half")
	}
}

func BenchmarkAggregate(b *testing.B) {
	for _, size := range []int{50, 200, 1024} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			var a kpl.Aggregate
			data, shard := sample(50_000/size, size, 50), kpl.NewRange("0", middle)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := a.Open(data); err != nil {
					b.Fatal(err)
				}
				for u := (kpl.User{}); a.Next(&u); {
					a.Outside(&u, shard)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(a.Len()), "ns/record")
		})
	}
}
