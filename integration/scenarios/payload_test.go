package scenarios

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// rubbish is payloads that make no row, and what is said about them.
var rubbish = []struct {
	payload []byte
	cause   string
}{
	{[]byte(`17`), "not a JSON object"},
	{[]byte(`"text"`), "not a JSON object"},
	{[]byte(`{"N":1,"deep":{"a":[1,2`), "truncated"},
	{[]byte("{\"N\":\"\xff\xfe\"}"), "invalid UTF-8"},
	{bytes.Repeat([]byte("["), 1_000_000), ""},
	{[]byte(`{"N":` + strings.Repeat("[", 1_000_000)), "nested deeper than 200 levels"},
	{[]byte{}, "empty payload"},
	{[]byte(`{"N":"\ud800"}`), "lone surrogate"},
	{[]byte(`{"N":1} and more`), "bytes behind the JSON value"},
	{[]byte{0x1f, 0x8b, 8, 0}, ""},
}

// letters are the dead letters on disk.
func (w *world) letters() []messages.Letter {
	w.t.Helper()
	var list []messages.Letter
	bad, err := deadletter.Read(filepath.Join(w.dataDir(), "deadletter", "orders"), func(l messages.Letter) bool {
		list = append(list, l)
		return true
	})
	if err != nil || bad != 0 {
		w.t.Fatalf("%d bad letters, %v", bad, err)
	}
	return list
}

func toFile(p *plan) { p.DeadLetter.To = config.DeadLetterFile }

// TestUnusablePayloadsAreKeptAndTheirNeighboursLand puts every kind of rubbish
// between good records.
func TestUnusablePayloadsAreKeptAndTheirNeighboursLand(t *testing.T) {
	w := newWorld(t, 1)
	var at []messages.Position
	for _, r := range rubbish {
		w.putOn(0, 1)
		at = append(at, w.putRaw(0, r.payload))
	}
	w.putOn(0, 1)
	good, bad := int64(w.put), int64(len(rubbish))
	c := w.connect(toFile)
	s := c.untilCaughtUp(good)

	w.expect("", between(0, w.put)...)
	if n := s.Shards[0].Counters; n.Read != good+bad || n.Discarded != bad || n.Committed != good || s.Shards[0].Live.Discarded != bad {
		t.Errorf("counted %+v, live %+v; want %d read and %d discarded", n, s.Shards[0].Live, good+bad, bad)
	}
	for attribute, want := range map[string]int64{"countRead": good + bad, "countDiscarded": bad, "countAppended": good, "countCommitted": good, "countRejected": 0} {
		if got := fmt.Sprint(w.lease(0, attribute)); got != fmt.Sprint(want) {
			t.Errorf("the lease row's %s is %s, want %d", attribute, got, want)
		}
	}
	letters := w.letters()
	if len(letters) != len(rubbish) {
		t.Fatalf("%d letters on disk, want %d", len(letters), len(rubbish))
	}
	for i, l := range letters {
		if l.Shard != shardID(0) || l.Seq != string(at[i].Seq) || l.Sub != "0" || l.PartitionKey != "key-0" || l.Arrival.IsZero() || l.Rendered {
			t.Errorf("letter %d is from %s %s/%s, key %q, want position %s", i, l.Shard, l.Seq, l.Sub, l.PartitionKey, at[i])
		}
		if l.Cause == "" || !strings.Contains(l.Cause, rubbish[i].cause) || !bytes.Equal(l.Payload, rubbish[i].payload) {
			t.Errorf("letter %d has cause %q and %d bytes, want %q and the %d that were put", i, l.Cause, len(l.Payload), rubbish[i].cause, len(rubbish[i].payload))
		}
	}
	var told int64
	w.wait("told of every discarded record", func() bool {
		told = 0
		for _, e := range events[*messages.RecordsDiscarded](c) {
			told += e.Count
		}
		return told >= bad
	})
	if told != bad {
		t.Errorf("the ledger knows %d discarded records, want %d", told, bad)
	}
}

// TestAStreamOfRubbishAloneIsCaughtUpAndNeverReadAgain: no token can say how
// far it was read, so the lease row does (P17).
func TestAStreamOfRubbishAloneIsCaughtUpAndNeverReadAgain(t *testing.T) {
	w := newWorld(t, 1)
	w.rewrite("connectors:\n", "  deadletter: {to: file}\nconnectors:\n")
	var last messages.Position
	for _, r := range rubbish {
		last = w.putRaw(0, r.payload)
	}
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	skipped, _ := w.lease(0, "skippedToken").(string)
	token, err := messages.ParseToken(skipped, shardID(0))
	if err != nil || !token.Covers(last) || w.lease(0, "settled") != true || w.lease(0, "committedToken") != nil {
		t.Errorf("the lease row says skipped %q, settled %v, committed %v; want all skipped up to %s", skipped, w.lease(0, "settled"), w.lease(0, "committedToken"), last)
	}
	w.expect("")

	c := w.connect(toFile)
	c.untilCaughtUp(0)
	w.putOn(0, 3)
	s := c.untilCaughtUp(3)
	if s.Shards[0].Live.Read != 3 || s.Shards[0].Counters.Read != int64(len(rubbish)+3) {
		t.Errorf("read %d records again, want the 3 new ones alone (%+v)", s.Shards[0].Live.Read, s.Shards[0].Counters)
	}
	if n := len(w.letters()); n != len(rubbish) {
		t.Errorf("%d letters on disk, want %d", n, len(rubbish))
	}
	if opened := untilTold[*messages.Opened](c, 1); len(opened) != 1 || opened[0].From != "skipped" || !opened[0].Start.Covers(last) {
		t.Errorf("opened %+v, want one start behind what was skipped", opened)
	}
	w.expect("", 0, 1, 2)
}

// TestARowTooLargeForAnAppendIsADeadLetter puts records that no compression
// brings under 4 MiB between small ones: one object of 7 MB, and an array whose
// objects only fit one by one (P4).
func TestARowTooLargeForAnAppendIsADeadLetter(t *testing.T) {
	w := newWorld(t, 1)
	client := kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(w.Kinesis.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	if err := w.Kinesis.DeleteStream("orders"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateStream(t.Context(), &kinesis.CreateStreamInput{
		StreamName: aws.String("orders"), ShardCount: aws.Int32(1), MaxRecordSizeInKiB: aws.Int32(10 << 10),
	}); err != nil {
		t.Fatal(err)
	}
	noise := func(bytes int) string {
		raw := make([]byte, bytes*3/4)
		source := rand.NewChaCha8([32]byte{byte(bytes)})
		_, _ = source.Read(raw) // never fails
		return base64.StdEncoding.EncodeToString(raw)
	}
	object := fmt.Sprintf(`{"N":-1,"NOISE":%q}`, noise(7_000_000))
	array := fmt.Sprintf(`[{"N":-2,"NOISE":%q},{"N":-2,"NOISE":%q}]`, noise(3_500_000), noise(3_600_000))
	w.putOn(0, 2)
	at := []messages.Position{w.putRaw(0, []byte(object))}
	w.putOn(0, 2)
	at = append(at, w.putRaw(0, []byte(array)))
	w.putOn(0, 2)

	c := w.connect(toFile)
	s := c.untilCaughtUp(6)
	w.expect("", between(0, 6)...)
	letters := w.letters()
	if len(letters) != 2 {
		t.Fatalf("%d letters, want 2", len(letters))
	}
	for i, l := range letters {
		rows := bytes.Count(l.Payload, []byte("\n"))
		if l.Seq != string(at[i].Seq) || !strings.Contains(l.Cause, "4 MiB") || !l.Rendered || rows != i+1 {
			t.Errorf("letter %d is from %s with %d rows: %q", i, l.Seq, rows, l.Cause)
		}
	}
	if n := s.Shards[0].Counters; n.Read != 8 || n.Discarded != 2 || n.Committed != 6 || s.Shards[0].Generations != 0 {
		t.Errorf("counted %+v in %d generations", n, s.Shards[0].Generations+1)
	}
	w.wait("told why", func() bool {
		return slices.ContainsFunc(events[*messages.RecordsDiscarded](c), func(e *messages.RecordsDiscarded) bool { return strings.Contains(e.Cause, "4 MiB") })
	})
}
