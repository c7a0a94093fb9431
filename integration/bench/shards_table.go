package main

import (
	"fmt"
	"os"
	"time"
)

// writes is how many calls a second cost write capacity of the lease table.
func (m *phase) writes() (n float64) {
	for action := range leaseWrites {
		n += m.calls[action]
	}
	return n
}

// reads is the same for read capacity.
func (m *phase) reads() float64 { return m.calls["Query"] + m.calls["GetItem"] + m.calls["Scan"] }

func printShards(o shardsOptions, opened *sample, least float64, phases []phase) bool {
	t := newTable(os.Stdout, "phase", "cores", "others", "RSS", "collected", "peak", "heap", "goroutines", "reads/s", "writes/s", "GetRecords/s", "Subscribe/s", "appends/s", "status/s")
	rate := func(n float64) string { return fmt.Sprintf("%.1f", n) }
	for i := range phases {
		m := &phases[i]
		t.row(m.name, fmt.Sprintf("%.3f", m.cores), fmt.Sprintf("%.2f", m.others), megabytes(m.end.RSS), megabytes(m.packed), megabytes(m.end.Peak),
			megabytes(int64(m.end.Heap)), fmt.Sprint(m.end.Goroutines), rate(m.reads()), rate(m.writes()), rate(m.calls["GetRecords"]),
			rate(m.calls["SubscribeToShard"]), rate(m.calls["AppendRows"]), rate(m.calls["BulkChannelStatus"]))
	}
	t.Flush()
	fmt.Printf("%d shards of one stream in one process, as kinesnow run: every row arrived once and in order\n", o.shards)
	fmt.Println("reads and writes are the lease table's calls; others: cores kept busy by what is neither connector nor server")
	good := true
	say := func(what string, figure, bound string, met bool) {
		good = good && met
		fmt.Printf("%s: %s, at most %s: %s\n", what, figure, bound, passed(met))
	}
	for i := range phases {
		if m := &phases[i]; i < 2 { // what is pushed is for information
			if i == 0 {
				fmt.Printf("all channels open after %s\n", seconds(m.opening))
				fmt.Printf("cores that net/http alone takes for as many polls: %.3f; the connector takes %.1f times that\n", least, m.cores/least)
				say("cores, "+m.name, fmt.Sprintf("%.3f", m.cores), fmt.Sprint(mostIdleCores), m.cores <= mostIdleCores)
			}
			say("peak RSS, "+m.name, megabytes(m.end.Peak), megabytes(mostResident), m.end.Peak > 0 && m.end.Peak <= mostResident)
			say("writes of the lease table in any second until the end of: "+m.name, fmt.Sprint(m.rush), fmt.Sprint(mostWrites-1), m.rush < mostWrites)
		}
	}
	say(fmt.Sprintf("%d channels opened after %s, all with an accepted append after", fewShards, seconds(opened.AllOpened)), seconds(opened.AllAppended),
		seconds(mostOpening), opened.AllAppended <= mostOpening)
	fmt.Printf("their first commit, %s behind acceptance: after %s\n", shardsCommit, seconds(opened.AllCommitted))
	return good
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
