package messages

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// rewrite writes the golden files anew. The diff is what the review is about:
// bytes that were released must stay readable.
var rewrite = flag.Bool("rewrite", false, "write testdata/events anew")

// samples are events of every kind with every field set.
func samples() []Event {
	at := time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC)
	a := Position{"49590338271490256608559692538361571095921575989136588898", 2}
	b := Position{"49590338271490256608559692538361571095921575989136588899", Whole}
	counters := Counters{100, 2, 3, 95, 94, 1, "c4dfd7784fdd2f55"}
	return []Event{
		&Opened{shard, 7, 7, "app-orders-0123456789-shardId-000000000003", 1700000000123, "1.5.*.0.shardId-000000000003", a, "token", "token at or ahead of the checkpoint", at},
		&BatchAppended{shard, 7, a, Position{b.Seq, 0}, b, 10, 9, 1, 2, 4096, 1024, "d5ca47fd73382fca", at},
		&RecordsDiscarded{shard, a, b, 3, "not a JSON object", at},
		&RecordsFiltered{shard, a, b, 4, at},
		&Committed{shard, b, 9, 1, at},
		&Checkpointed{shard, 7, 12, a, b, true, counters, at},
		&Rewound{shard, b, a, at},
		&Recovered{shard, a, b, "ledger", counters, at},
		&GapDetected{shard, a, b, at.Add(-time.Hour), at, at},
		&Parked{shard, TokenLost, "the channel has no committed token", at},
		&Resolved{shard, TokenLost, "checkpoint", a, "ada", "compared with the table", at},
		&ShardEnded{shard, b, []ShardID{"shardId-000000000004", "shardId-000000000005"}, true, at},
		&Faulted{shard, 7, Fenced, ReasonStale, "append: stale sequencer", at},
		&Adopted{shard, a.Seq, at},
		&LeaseTaken{shard, 6, "node-1/p", at},
		&LeaseDropped{shard, 7, "lost", at},
		&ShardDiscovered{shard, []ShardID{"shardId-000000000001"}, at},
		&NodeClaimed{"node-0", "p", at},
		&Started{"orders", "1.0.0", "orders", "DB.SCHEMA.ORDERS", at},
		&ConnectorDrained{false, []ShardID{shard}, at},
		&HealthChanged{Flowing, Halted, AccessDenied, "kinesis.ListShards: AccessDeniedException", at},
		&Paused{[]ShardID{shard}, at},
		&Resumed{[]ShardID{shard}, at},
		&SchemaChanged{"DB.SCHEMA.ORDERS", `ALTER TABLE "DB"."SCHEMA"."ORDERS" ADD COLUMN IF NOT EXISTS "A" FLOAT`, []string{"A"}, "user LOADER with role R", at},
		&ColumnsGone{"DB.SCHEMA.ORDERS", []string{"A"}, at.Add(-time.Minute), at},
	}
}

func golden(kind Kind) string { return filepath.Join("testdata", "events", string(kind)+".golden") }

// stored returns the bytes that were kept for a kind.
func stored(t *testing.T, kind Kind) []byte {
	t.Helper()
	text, err := os.ReadFile(golden(kind))
	if err != nil {
		t.Fatalf("%s has no stored bytes: run the test with -rewrite and review them: %v", kind, err)
	}
	body, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestEventsAreWrittenAsTheyEverWere holds every kind to its golden bytes.
func TestEventsAreWrittenAsTheyEverWere(t *testing.T) {
	for _, e := range samples() {
		body, err := Encode(e)
		if err != nil {
			t.Errorf("%s: %v", e.Kind(), err)
			continue
		}
		if *rewrite {
			if err := os.WriteFile(golden(e.Kind()), wrapped(body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := stored(t, e.Kind()); !bytes.Equal(body, want) {
			t.Errorf("%s is written as\n%s\nwant\n%s", e.Kind(), wrapped(body), wrapped(want))
		}
	}
}

// TestEveryKindEverWrittenIsRead decodes the stored bytes and compares what
// they hold with the samples, field by field.
func TestEveryKindEverWrittenIsRead(t *testing.T) {
	for _, want := range samples() {
		got, err := Decode(want.Kind(), stored(t, want.Kind()))
		if err != nil {
			t.Errorf("%s: %v", want.Kind(), err)
			continue
		}
		if got.Kind() != want.Kind() {
			t.Errorf("%s was read as %s", want.Kind(), got.Kind())
		}
		for i := range reflect.TypeOf(want).Elem().NumField() {
			g, w := reflect.ValueOf(got).Elem().Field(i).Interface(), reflect.ValueOf(want).Elem().Field(i).Interface()
			if g, ok := g.(time.Time); ok && g.Equal(w.(time.Time)) {
				continue
			}
			if !reflect.DeepEqual(g, w) {
				t.Errorf("%s.%s = %v, want %v", want.Kind(), reflect.TypeOf(want).Elem().Field(i).Name, g, w)
			}
		}
	}
}

// TestEveryKindHasASampleWithEveryFieldSet keeps the samples complete: a kind
// that is declared without stored bytes, or a field that no sample sets, would
// go unguarded.
func TestEveryKindHasASampleWithEveryFieldSet(t *testing.T) {
	sampled := map[Kind]bool{}
	for _, e := range samples() {
		if sampled[e.Kind()] {
			t.Errorf("%s has two samples", e.Kind())
		}
		sampled[e.Kind()] = true
		v := reflect.ValueOf(e).Elem()
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if v.Field(i).IsZero() && field.Type.Kind() != reflect.Bool {
				t.Errorf("%s.%s is not set", e.Kind(), field.Name)
			}
			if tag := field.Tag.Get("msgpack"); tag == "" {
				t.Errorf("%s.%s has no permanent name", e.Kind(), field.Name)
			}
		}
	}
	declared := declaredKinds(t)
	if len(declared) == 0 {
		t.Fatal("no kinds were found in the sources")
	}
	for _, kind := range declared {
		if !sampled[kind] {
			t.Errorf("%s has no sample", kind)
		}
		if !strings.HasSuffix(string(kind), ".v1") && !strings.HasSuffix(string(kind), ".v2") {
			t.Errorf("%s names no version", kind)
		}
	}
	files, err := filepath.Glob(golden("*"))
	if err != nil || len(files) != len(declared) {
		t.Errorf("%d stored kinds, %d declared (%v): a kind once released is never removed", len(files), len(declared), err)
	}
}

// declaredKinds reads the constants of type Kind from the package's sources.
func declaredKinds(t *testing.T) (kinds []Kind) {
	t.Helper()
	sources, err := filepath.Glob("event*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Kind" {
				text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, Kind(text))
			}
			return true
		})
	}
	return kinds
}

// TestFieldsOfANewerVersionAreSkipped adds one to every stored event.
func TestFieldsOfANewerVersionAreSkipped(t *testing.T) {
	for _, e := range samples() {
		body := stored(t, e.Kind())
		fields := map[string]msgpack.RawMessage{}
		if err := msgpack.Unmarshal(body, &fields); err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]any{"zz_text": "x", "zz_map": map[string]any{"a": []int{1}}, "zz_nil": nil} {
			raw, err := msgpack.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			fields[name] = raw
		}
		newer, err := msgpack.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(e.Kind(), newer)
		if err != nil {
			t.Errorf("%s with fields of a newer version: %v", e.Kind(), err)
			continue
		}
		if again, err := Encode(got); err != nil || !bytes.Equal(again, body) {
			t.Errorf("%s changed when fields of a newer version were beside it: %v", e.Kind(), err)
		}
	}
}

// TestFieldsThatAnOlderVersionDidNotWriteAreZero reads an event without any.
func TestFieldsThatAnOlderVersionDidNotWriteAreZero(t *testing.T) {
	nothing, err := msgpack.Marshal(map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range samples() {
		got, err := Decode(e.Kind(), nothing)
		if err != nil || !reflect.ValueOf(got).Elem().IsZero() {
			t.Errorf("%s without fields is %+v, %v", e.Kind(), got, err)
		}
	}
}

func TestAnUnknownKindIsNamedAsSuch(t *testing.T) {
	_, err := Decode("teleported.v1", []byte{0x80})
	if !errors.Is(err, ErrUnknownKind) || !strings.Contains(err.Error(), "teleported.v1") {
		t.Errorf("error %v, want ErrUnknownKind with the kind", err)
	}
	if _, err := Decode(KindCommitted, []byte{0xc1}); err == nil || errors.Is(err, ErrUnknownKind) {
		t.Errorf("bytes that are no msgpack: %v", err)
	}
}

func FuzzDecodeNeverPanicsAndKeepsWhatItReads(f *testing.F) {
	for _, e := range samples() {
		body, err := Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(e.Kind()), body)
	}
	f.Add(string(KindPaused), nested(maxLevels))
	f.Add(string(KindPaused), nested(maxLevels+1))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		e, err := Decode(Kind(kind), body)
		if err != nil {
			return
		}
		again, err := Encode(e)
		if err != nil {
			t.Fatalf("%s was read but cannot be written: %v", kind, err)
		}
		twice, err := Decode(Kind(kind), again)
		if err != nil {
			t.Fatalf("%s was written but cannot be read: %v", kind, err)
		}
		if third, err := Encode(twice); err != nil || !bytes.Equal(again, third) {
			t.Fatalf("%s is not stable: %v", kind, err)
		}
	})
}

// wrapped writes bytes as hex, 32 a line.
func wrapped(body []byte) []byte {
	var out bytes.Buffer
	for len(body) > 0 {
		n := min(32, len(body))
		out.WriteString(hex.EncodeToString(body[:n]))
		out.WriteByte('\n')
		body = body[n:]
	}
	return out.Bytes()
}
