package kcl

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
)

// table is what the connector's own source makes of a stream: its rows, and its
// dead letters, by where they come from.
type table struct {
	packed messages.Aggregation
	rows   []row

	mu      sync.Mutex
	letters map[string]messages.Letter
}

// row is one row, taken apart again.
type row struct {
	object string // without KINESISMETADATA
	meta   struct {
		ShardID        string `json:"shardId"`
		SequenceNumber string `json:"sequenceNumber"`
		Sub            int64  `json:"subSequenceNumber"`
		PartitionKey   string `json:"partitionKey"`
	}
}

func placeText(sequence string, sub int64) string { return fmt.Sprintf("%s/%d", sequence, sub) }

// readTable reads every shard from its beginning to its tip or end.
func readTable(ctx context.Context, server *localkinesis.Server) (*table, error) {
	t := &table{letters: map[string]messages.Letter{}}
	client := stream.New(stream.Config{
		AWS:      aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")},
		Endpoint: server.URL(), Stream: server.Streams()[0].Name, Pace: &stream.Pace{}, DeadLetter: t,
		Rows: func(shard messages.ShardID) stream.RowMaker {
			return rows.NewRenderer(server.Streams()[0].Name, shard, 5)
		},
	})
	shards, err := client.List(ctx, stream.TrimToTip)
	if err != nil {
		return nil, err
	}
	for i := range shards {
		if err := t.read(ctx, client.Open(shards[i], messages.ReadFrom{})); err != nil {
			return nil, fmt.Errorf("%s: %w", shards[i].ID, err)
		}
	}
	return t, nil
}

func (t *table) read(ctx context.Context, source *stream.Source) error {
	defer source.Close()
	for {
		b, err := source.Next(ctx, 1<<20)
		if err != nil {
			return err
		}
		t.packed = t.packed.Add(b.Packed)
		for line := range strings.Lines(string(b.NDJSON)) {
			r, err := parseRow(line)
			if err != nil {
				return err
			}
			t.rows = append(t.rows, r)
		}
		if b.Closed || b.CaughtUp() {
			return nil
		}
	}
}

func parseRow(line string) (r row, err error) {
	at := strings.LastIndex(line, `"KINESISMETADATA":`)
	if at < 0 {
		return r, fmt.Errorf("a row without metadata: %.200s", line)
	}
	if err := json.Unmarshal([]byte(strings.TrimSuffix(line[at+len(`"KINESISMETADATA":`):], "}\n")), &r.meta); err != nil {
		return r, fmt.Errorf("%w: %.200s", err, line)
	}
	r.object = strings.TrimSuffix(line[:at], ",") + "}"
	return r, nil
}

// Put implements messages.DeadLetter.
func (t *table) Put(_ context.Context, letters []messages.Letter) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range letters {
		t.letters[l.Seq+"/"+l.Sub] = l
	}
	return nil
}

// Close implements messages.DeadLetter.
func (*table) Close() error { return nil }

// compareRows holds the connector's rows against the user records of others:
// of a library: each is one row, or a dead letter where it is no JSON object, in order, under
// its own key.
func compareRows(ctx context.Context, h *judge.Hearing, of string, server *localkinesis.Server, stored []storedRecord) error {
	t, err := readTable(ctx, server)
	if err != nil {
		return err
	}
	var wrong []string
	at, aggregates, letters := 0, int64(0), 0
	for _, s := range stored {
		if len(s.Users) > 0 && s.Users[0].Aggregated {
			aggregates++
		}
		for sub, u := range s.Users {
			place := placeText(s.Sequence, int64(sub))
			if !strings.HasPrefix(string(u.Data), "{") {
				letters++
				if l, ok := t.letters[place]; !ok || string(l.Payload) != string(u.Data) || l.PartitionKey != string(u.Key) {
					wrong = append(wrong, fmt.Sprintf("%s: no dead letter %q", place, u.Data))
				}
				continue
			}
			if at == len(t.rows) {
				wrong = append(wrong, place+" has no row")
				continue
			}
			r := t.rows[at]
			at++
			if got := placeText(r.meta.SequenceNumber, r.meta.Sub); got != place || r.meta.ShardID != s.Shard || r.meta.PartitionKey != string(u.Key) || r.object != string(u.Data) {
				wrong = append(wrong, fmt.Sprintf("row %s %q %.80s, want %s %q %.80s", got, r.meta.PartitionKey, r.object, place, u.Key, u.Data))
			}
		}
	}
	h.Hold("our rows of "+of, len(wrong) == 0 && at == len(t.rows) && letters == len(t.letters) && t.packed.Aggregates == aggregates && t.packed.Damaged == 0,
		"%d rows and %d dead letters of %d aggregates, key, place and payload of each user record; %d belong to another shard and are kept: %s",
		len(t.rows), len(t.letters), t.packed.Aggregates, t.packed.OutOfRange, first(wrong))
	return nil
}
