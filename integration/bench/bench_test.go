package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// TestEveryContestantMovesEveryRowOnceAndInOrder runs the three of them in this
// process, over real sockets.
func TestEveryContestantMovesEveryRowOnceAndInOrder(t *testing.T) {
	s, err := newStage(stageJob{Size: 200, Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.listen()
	if err != nil {
		t.Fatal(err)
	}
	dir, keyFile, err := makeKey()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, run := range map[string]func(job, *meter) error{"c1": straight(dialHTTP), "f1": straight(dialRaw), "kinesnow": connector} {
		t.Run(name, func(t *testing.T) {
			const records = 25_000
			s.begin(records)
			var m meter
			err := run(job{
				At: at, Run: "test-" + name, Shards: 2, Records: records, Data: 200, KeyFile: keyFile,
				Table: "BENCH", Budget: 64 << 20, Compression: "none", Within: 5 * time.Minute,
			}, &m)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.verdict(); err != nil {
				t.Error(err)
			}
			if m.result.Wall <= 0 || m.result.Mallocs == 0 {
				t.Errorf("measured %+v", m.result)
			}
		})
	}
}

func TestCannedRecordsAreObjectsOfTheirSizeAndAllDistinct(t *testing.T) {
	for _, size := range []int{200, 1024, 10240} {
		seen, scalars := map[string]bool{}, 0
		for _, e := range makeEvents(size)[:500] {
			if len(e.data) != size || !json.Valid(e.data) {
				t.Fatalf("%d bytes: %s", len(e.data), e.data)
			}
			seen[string(e.data)] = true
			scalars += scalarBytes(e.data)
		}
		if len(seen) != 500 {
			t.Errorf("size %d: %d distinct records of 500", size, len(seen))
		}
		if share := float64(scalars) / float64(500*size); share < 0.08 || share > 0.16 {
			t.Errorf("size %d: numbers and literals are %.0f %% of the bytes", size, 100*share)
		}
	}
}

// scalarBytes counts the bytes of numbers and literals.
func scalarBytes(text []byte) (n int) {
	inString := false
	for _, c := range text {
		if c == '"' {
			inString = !inString // the canned records hold no escape
		} else if !inString && !strings.ContainsRune("{}[],: ", rune(c)) {
			n++
		}
	}
	return n
}

func TestWhatIsLostRepeatedSwappedOrChangedIsSeen(t *testing.T) {
	events := makeEvents(200)
	const records = 50
	want := expect(events, 1, records)
	rows := strings.SplitAfter(rowsOf(t, events, records), "\n")
	rows = rows[:records]
	for name, change := range map[string]func([]string) []string{
		"nothing":  func(r []string) []string { return r },
		"lost":     func(r []string) []string { return append(r[:7:7], r[8:]...) },
		"repeated": func(r []string) []string { return append(r[:8:8], r[7:]...) },
		"swapped":  func(r []string) []string { r[3], r[4] = r[4], r[3]; return r },
		"replaced": func(r []string) []string { r[4] = r[3]; return r },
		"changed":  func(r []string) []string { r[9] = strings.Replace(r[9], `"id":`, `"ID":`, 1); return r },
		"shorter":  func(r []string) []string { r[9] = strings.Replace(r[9], `"id":`, `"i":`, 1); return r },
	} {
		var got shardTally
		got.add([]byte(strings.Join(change(append([]string(nil), rows...)), "")))
		if why := got.differs(&want); (why == "") != (name == "nothing") {
			t.Errorf("%s: %q", name, why)
		}
	}
}

// rowsOf has C1's own code make the rows of shard 1.
func rowsOf(t *testing.T, events []event, records int64) string {
	t.Helper()
	k := newKinesis(events, 2)
	k.records.Store(records)
	at, err := serve(k)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := dialHTTP(endpoints{Kinesis: at})
	if err != nil {
		t.Fatal(err)
	}
	w := &keeping{wire: reading}
	pipe, err := serve(newSnowpipe())
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLine(job{At: endpoints{Snowflake: pipe}, Run: "test", Data: 200}, 1, w)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.run(records); err != nil {
		t.Fatal(err)
	}
	return w.got
}

// keeping is a wire that keeps the rows instead of sending them.
type keeping struct {
	wire
	got string
}

func (k *keeping) rows(_, token string, batch []byte) (string, error) {
	k.got += string(batch)
	return token, nil
}

func TestAnAnswerThatIsNoneIsRefused(t *testing.T) {
	good := `{"Records":[{"ApproximateArrivalTimestamp":1.768465800123E9,"Data":"e30=","PartitionKey":"k","SequenceNumber":"12"}],"NextShardIterator":"i","MillisBehindLatest":3}`
	var p page
	if err := p.read([]byte(good)); err != nil || len(p.views) != 1 || p.iterator != "i" || p.views[0].arrival != 1768465800123 || string(p.views[0].data) != "e30=" {
		t.Errorf("%+v, %v", p, err)
	}
	if err := p.read([]byte(`{"Records":[]}`)); err != nil || len(p.views) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	for n := range len(good) {
		if p.read([]byte(good[:n])) == nil {
			t.Errorf("taken: %s", good[:n])
		}
	}
}

func TestASpreadIsMedianLeastAndMost(t *testing.T) {
	if s := spreadOf([]float64{3, 1, 2}); s != (spread{2, 1, 3, 3}) {
		t.Errorf("%+v", s)
	}
	if s := spreadOf([]float64{4, 1, 2, 3}); s != (spread{2.5, 1, 4, 4}) {
		t.Errorf("%+v", s)
	}
	list := []result{{CPU: 2}, {CPU: 9}, {CPU: 4}}
	cpu := func(r result) float64 { return float64(r.CPU) }
	if s := ratios(list, []result{{CPU: 1}, {CPU: 3}, {CPU: 4}}, cpu); s != (spread{2, 1, 3, 3}) {
		t.Errorf("%+v", s)
	}
}
