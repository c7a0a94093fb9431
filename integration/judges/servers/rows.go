package servers

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// row is one of the table's, in the order of their commits.
type row struct {
	n         int
	key, note string
	metadata  metadata
}

// metadata are the fields of KINESISMETADATA that a record's place decides.
type metadata struct {
	Stream       string `json:"stream"`
	ShardID      string `json:"shardId"`
	Sequence     string `json:"sequenceNumber"`
	PartitionKey string `json:"partitionKey"`
	Arrival      string `json:"approximateArrival"`
}

// rows reads a table of the local Snowflake through its driver.
func (w *world) rows(ctx context.Context, table string) ([]row, error) {
	found, err := w.db.QueryContext(ctx, `SELECT N, KEY, NOTE, KINESISMETADATA::text FROM "`+table+`"`)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []row
	for found.Next() {
		var r row
		var text string
		if err := found.Scan(&r.n, &r.key, &r.note, &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &r.metadata); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, found.Err()
}

// untilRows waits until a table has so many rows at least.
func (w *world) untilRows(ctx context.Context, table string, n int) error {
	return eventually(ctx, fmt.Sprintf("%d rows in %s", n, table), func() (string, error) {
		var count int
		if err := w.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM "`+table+`"`).Scan(&count); err != nil || count >= n {
			return "", err
		}
		return fmt.Sprintf("%d rows", count), nil
	})
}

// compare holds the rows against the records that must be in the table: each
// once, with its values and its place, those of a shard in the order of their
// sequence numbers, and those of a partition key in the order in which they
// were put, through splits and merges. arrivals may be nil.
func compare(want []record, rows []row, arrivals map[[2]string]time.Time) (string, error) {
	seen := map[int]bool{}
	byNumber := map[int]record{}
	for _, r := range want {
		byNumber[r.n] = r
	}
	lastOf, lastKeyed := map[string]string{}, map[string]int{}
	for _, r := range rows {
		put, ok := byNumber[r.n]
		switch {
		case !ok:
			return "", fmt.Errorf("record %d is in the table and should not be", r.n)
		case seen[r.n]:
			return "", fmt.Errorf("record %d is in the table twice", r.n)
		}
		seen[r.n] = true
		if err := agree(put, r, arrivals); err != nil {
			return "", fmt.Errorf("record %d: %w", r.n, err)
		}
		if last := lastOf[put.shard]; bySequence(last, put.sequence) >= 0 {
			return "", fmt.Errorf("record %d of %s at %s comes after %s", r.n, put.shard, put.sequence, last)
		}
		if last, before := lastKeyed[put.key]; before && last > r.n {
			return "", fmt.Errorf("record %d comes after record %d of the same partition key", r.n, last)
		}
		lastOf[put.shard], lastKeyed[put.key] = put.sequence, r.n
	}
	if len(seen) != len(want) {
		return "", fmt.Errorf("%d of %d records are in the table", len(seen), len(want))
	}
	return fmt.Sprintf("%d of %d records once, as put, in order on each of %d shards and of each of %d partition keys", len(rows), len(want), len(lastOf), len(lastKeyed)), nil
}

// agree compares one row with its record.
func agree(put record, r row, arrivals map[[2]string]time.Time) error {
	want := row{put.n, put.key, put.note, metadata{put.stream, put.shard, put.sequence, put.key, r.metadata.Arrival}}
	if arrivals != nil {
		want.metadata.Arrival = arrivals[[2]string{put.shard, put.sequence}].UTC().Format("2006-01-02T15:04:05.000")
	}
	if r != want {
		return fmt.Errorf("the table has %+v, want %+v", r, want)
	}
	return nil
}

// bySequence orders sequence numbers, which are decimal and differ in length.
func bySequence(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
