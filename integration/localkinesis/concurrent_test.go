package localkinesis_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestNothingIsLostOrReorderedWhileShardsChangeUnderLoad(t *testing.T) {
	const writers, each = 4, 300
	server := start(t, localkinesis.Options{Dir: t.TempDir()})
	client, name := connect(t, server), streamOf(t, server, 2)
	var load sync.WaitGroup
	for w := range writers {
		load.Go(func() {
			for i := range each {
				if _, err := server.PutRecords(name, records(fmt.Sprint("writer", w), i, 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 6 {
		var open []string
		for _, sh := range shardsOf(server) {
			if sh.Open {
				open = append(open, sh.ID)
			}
		}
		if err := server.SplitShard(name, open[0]); err != nil {
			t.Error(err)
		}
		iterator := iteratorAt(t, client, name, open[0], "TRIM_HORIZON")
		drain(t, client, iterator)
	}
	load.Wait()
	next := map[string]int{}
	for _, sh := range shardsOf(server) { // parents come before their children
		data, _ := drain(t, client, iteratorAt(t, client, name, sh.ID, "TRIM_HORIZON"))
		for _, d := range data {
			key, n, _ := strings.Cut(d, "-")
			if n != fmt.Sprint(next[key]) {
				t.Errorf("%s: record %s, want %d", key, n, next[key])
			}
			next[key]++
		}
	}
	for w := range writers {
		if n := next[fmt.Sprint("writer", w)]; n != each {
			t.Errorf("writer %d: %d records of %d", w, n, each)
		}
	}
}
