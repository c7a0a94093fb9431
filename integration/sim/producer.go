package sim

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// What the transform looks for in a payload.
const (
	markFiltered = `"FATE":"filtered"`
	markFailing  = `"FATE":"failing"`
)

const partitionKeys = 12

// user is one user record in the making: its bytes, and what they become.
type user struct {
	payload   string
	rows      int  // in the table
	bad       int  // in the error table
	discarded bool // has a dead letter
}

// user makes the n-th user record.
func (w *World) user(d dice, n int, key string) user {
	object := func(pad int) string {
		return `{"N":` + strconv.Itoa(n) + `,"KEY":"` + key + `","PAD":"` + strings.Repeat("x", pad) + `"}`
	}
	switch at := d.IntN(100); {
	case at < 62:
		return user{payload: object(d.IntN(100)), rows: 1}
	case at < 63:
		return user{payload: object(20<<10 + d.IntN(100<<10)), rows: 1}
	case at < 74:
		k := 2 + d.IntN(3)
		all := make([]string, k)
		for i := range all {
			all[i] = object(d.IntN(20))
		}
		return user{payload: "[" + strings.Join(all, ",") + "]", rows: k}
	case at < 82:
		return user{payload: "{not json " + strconv.Itoa(n), discarded: true}
	case at < 89:
		return user{payload: `{"N":` + strconv.Itoa(n) + `,` + markFiltered + `}`}
	case at < 92:
		return user{payload: `{"N":` + strconv.Itoa(n) + `,` + markFailing + `}`, discarded: true}
	}
	return user{payload: `{"N":"no number","KEY":"` + key + `"}`, bad: 1}
}

// put puts some records, and tells the oracle.
func (w *World) put(d dice, most int, key string) {
	records := make([]localkinesis.Record, 0, most)
	var all [][]user
	for range 1 + d.IntN(most) {
		k := key
		if k == "" {
			k = "k" + strconv.Itoa(d.IntN(partitionKeys))
		}
		u := w.user(d, w.numbers, k)
		w.numbers++
		record, users := w.carry(k, u)
		records, all = append(records, record), append(all, users)
	}
	puts, err := w.cloud.Kinesis.PutRecords(streamName, records)
	if err != nil {
		w.fail("a put fails: %v", err)
		return
	}
	for i, p := range puts {
		if !p.Throttled {
			w.oracle.put(p.ShardID, p.SequenceNumber, records[i].PartitionKey, all[i])
		}
	}
}
