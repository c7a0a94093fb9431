package rowstore_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// benchmarkCommit puts batches of 1,000 rows of 1.3 KB in, four per commit.
func benchmarkCommit(b *testing.B, s rowstore.Store) {
	json := marked("shardId-000000000003", "49590338271490256608559692540925702759324208523137515523", 0).JSON
	json = append(bytes.Replace(json, []byte(`{`), fmt.Appendf(nil, `{"text":"%s",`, bytes.Repeat([]byte("x"), 1300-len(json))), 1), ' ')
	b.SetBytes(int64(4000 * len(json)))
	for b.Loop() {
		var tx rowstore.Transaction
		for range 4 {
			rows := make([]rowstore.Row, 1000)
			for i := range rows {
				rows[i] = rowstore.Row{JSON: json, CommittedAt: noon, Channel: "c", StartToken: "s", EndToken: "e"}
			}
			tx.Rows = append(tx.Rows, rowstore.TableRows{Table: 1, Rows: rows})
		}
		if err := s.Commit(tx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMemoryCommit(b *testing.B)   { benchmarkCommit(b, rowstore.NewMemory()) }
func BenchmarkCountingCommit(b *testing.B) { benchmarkCommit(b, rowstore.NewCounting()) }

func BenchmarkSQLiteCommit(b *testing.B) {
	s, err := rowstore.OpenSQLite(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	benchmarkCommit(b, s)
}
