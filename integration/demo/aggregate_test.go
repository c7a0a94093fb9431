package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestASmallDemoOfAggregatesUnderFireIsExact(t *testing.T) {
	var out bytes.Buffer
	ok, err := Run(t.Context(), Options{
		Records: 3000, Shards: 2, Aggregate: 20, Duration: 2 * time.Second, KillEvery: 150 * time.Millisecond, ProcessKills: 1, Connector: connector, Out: &out,
	})
	if text := out.String(); err != nil || !ok || !strings.Contains(text, "put 3,000   in table 3,000   missing 0   doubled 0   out of order 0   values changed 0   EXACT") {
		t.Errorf("ok %v, error %v\n%s", ok, err, text)
	}
}

func TestRecordsOfOneBatchKeepTheirPlaces(t *testing.T) {
	for packed, want := range map[int]int{0: 200, 1: 200, 7: 0, 500: 0} {
		b := batch{packed: packed}
		for i := range 200 {
			b.add("key-"+strings.Repeat("x", i%9), []byte{byte(i)})
		}
		entries := b.entries()
		if want > 0 && len(entries) != want || want == 0 && len(entries) >= 100 {
			t.Errorf("%d together: %d entries", packed, len(entries))
		}
		seen := map[placeInBatch]bool{}
		for i, p := range b.places {
			if seen[p] || p.entry >= len(entries) || !bytes.Contains(entries[p.entry].Data, []byte{byte(i)}) {
				t.Errorf("%d together: record %d is at %+v of %d entries", packed, i, p, len(entries))
			}
			seen[p] = true
		}
	}
}
