package rows_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

func TestOfAKeyThatAnObjectHasTwiceTheLastOneIsSent(t *testing.T) {
	long := strings.Repeat("k", 300)
	for _, c := range []struct{ name, payload, want string }{
		{"at the top", `{"a":1,"b":2,"a":3}`, `{"b":2,"a":3}`},
		{"three times", `{"a":1,"a":2,"a":3}`, `{"a":3}`},
		{"below", `{"o":{"a":1,"b":2,"a":3},"p":4}`, `{"o":{"b":2,"a":3},"p":4}`},
		{"in an array", `{"l":[{"a":1,"a":2},[{"b":1,"b":2}]]}`, `{"l":[{"a":2},[{"b":2}]]}`},
		{"at several depths", `{"a":{"a":1,"a":2},"a":{"a":3,"b":[],"a":4}}`, `{"a":{"b":[],"a":4}}`},
		{"escaped", `{"a":1,"\u0061":2}`, `{"\u0061":2}`},
		{"escaped first", `{"\u0061":1,"a":2}`, `{"a":2}`},
		{"escaped in two ways", `{"\u002f":1,"\/":2,"/":3}`, `{"/":3}`},
		{"a surrogate pair", `{"😀":1,"\ud83d\ude00":2}`, `{"\ud83d\ude00":2}`},
		{"the empty key", `{"":1,"":2}`, `{"":2}`},
		{"a quote", `{"a\"b":1,"a\u0022b":2}`, `{"a\u0022b":2}`},
		{"a backslash that reads like an escape", `{"\\u0061":1,"a":2,"\u005cu0061":3}`, `{"a":2,"\u005cu0061":3}`},
		{"a backslash that reads like our key", `{"\u004bINESISMETADATA":1,"\\u004bINESISMETADATA":2}`, `{"\\u004bINESISMETADATA":2}`},
		{"NUL", `{"a\u0000":1,"a":2,"a\u0000":3}`, `{"a":2,"a\u0000":3}`},
		{"a long key", `{"` + long + `":1,"b":2,"` + long + `":3}`, `{"b":2,"` + long + `":3}`},
		{"with white space", `{ "a" : 1 , "b" : 2 , "a" : [ 3 ] }`, `{ "b" : 2 , "a" : [ 3 ] }`},
		{"with line breaks", "{\"a\":1,\n\"a\":2}", `{"a":2}`},
		{"and our key", `{"a":1,"KinesisMetadata":5,"a":2,"KinesisMetadata":6}`, `{"a":2}`},
		{"keys of other case stay", `{"a":1,"A":2}`, `{"a":1,"A":2}`},
		{"keys of other normal form stay", "{\"\u00e9\":1,\"e\u0301\":2}", "{\"\u00e9\":1,\"e\u0301\":2}"},
		{"other objects may have it", `{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`, `{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`},
		{"after an object that has it", `{"id":1,"o":{"id":2},"id":3}`, `{"o":{"id":2},"id":3}`},
		{"after an array of objects that have it", `{"l":[{"id":1},{"id":2}],"id":3,"l":[{"id":4}]}`, `{"id":3,"l":[{"id":4}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := strings.TrimSuffix(c.want, "}") + "," + member + "}\n"
			r := rows.NewRenderer(stream, shard, 5)
			for _, before := range []string{`{}`, c.payload, c.payload, `{"a":1,"b":{"a":2}}`, c.want} { // whatever came before
				_, _, _ = r.Append(nil, []byte(before), plainMark(), []byte("k"))
				out, n, err := r.Append(nil, []byte(c.payload), plainMark(), []byte("k"))
				if err != nil || n != 1 || string(out) != want {
					t.Fatalf("after %s: %d rows, error %v\n got %s\nwant %s", before, n, err, out, want)
				}
			}
		})
	}
}

func TestEachOfSeveralObjectsHasItsKeysOnce(t *testing.T) {
	got, n, err := render(`[{"a":1,"a":2},{"a":3},{"b":{"c":1,"c":2}}]`)
	want := `{"a":2,` + member + "}\n" + `{"a":3,` + member + "}\n" + `{"b":{"c":2},` + member + "}\n"
	if err != nil || n != 3 || got != want {
		t.Errorf("%d rows, error %v\n got %s\nwant %s", n, err, got, want)
	}
}

// TestMoreKeysThanAreRememberedAreStillTakenOnce: then every object is looked at
// exactly, and the next record is a usual one again.
func TestMoreKeysThanAreRememberedAreStillTakenOnce(t *testing.T) {
	const keys = 200_000
	b := []byte(`{"k0":0`)
	for i := range keys {
		b = fmt.Appendf(b, `,"k%d":%d`, i, i)
	}
	b = append(b, `,"k77":"last"}`...)
	r := rows.NewRenderer(stream, shard, 5)
	out, n, err := r.Append(nil, b, plainMark(), nil)
	if err != nil || n != 1 {
		t.Fatalf("%d rows, error %v", n, err)
	}
	if bytes.Count(out, []byte(`"k77":`)) != 1 || !bytes.Contains(out, []byte(`"k77":"last"`)) || bytes.Count(out, []byte(`"k0":`)) != 1 {
		t.Error("a key is there twice, or the wrong one")
	}
	if got := bytes.Count(out, []byte(`"k`)); got != keys {
		t.Errorf("%d keys, want %d", got, keys)
	}
	out, _, err = r.Append(nil, []byte(`{"a":1,"a":2}`), plainMark(), []byte("k"))
	if want := `{"a":2,` + member + "}\n"; err != nil || string(out) != want {
		t.Errorf("afterwards: error %v, %s", err, out)
	}
}

func TestRecordsWhoseKeysDifferDoNotAllocate(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var payloads [][]byte
	for range 50 { // keys that come and go, in arrays of changing length
		b := []byte(`{"id":1`)
		for k := range 12 {
			if random.IntN(3) > 0 {
				b = fmt.Appendf(b, `,"a_rather_long_key_%d":{"x":1,"y":[`, k)
				for range random.IntN(4) {
					b = append(b, `{"p":1,"q":2},`...)
				}
				b = append(b, `3],"caf\u00e9":4}`...)
			}
		}
		payloads = append(payloads, append(b, '}'))
	}
	r, mark, key := rows.NewRenderer(stream, shard, 5), plainMark(), []byte("key-1")
	buffer := make([]byte, 0, 64<<10)
	all := func() {
		for _, payload := range payloads {
			buffer = append(buffer[:0], payload...)
			if _, _, err := r.Render(buffer, 0, mark, key); err != nil {
				t.Fatal(err)
			}
		}
	}
	all()
	if n := testing.AllocsPerRun(20, all); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// FuzzNoRowHasAKeyTwice renders two payloads with one renderer, so that the
// second is read with what is known from the first: its rows have no key twice
// at any depth, and mean what encoding/json, in which the last one wins, makes of
// the payload.
func FuzzNoRowHasAKeyTwice(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"a":1}`, `{"a":1,"a":2}`}, {`{"a":{"b":1},"b":2}`, `{"a":{"b":1,"b":2},"b":{"a":2}}`},
		{`{"\u0061":1,"a":2}`, `{"a":1,"\u0061":2}`}, {`[{"a":1},{"a":2}]`, `{"x":[{"a":1},{"a":2,"a":3}],"x":1}`},
		{`{"\\u0061":1}`, `{"a":1,"\\u0061":2,"\u005cu0061":3}`}, {`{"a\"b":1,"a\u0000":1}`, `{"a\u0022b":1,"a\"b":2,"a":1}`},
		{`{"eight_ch":1,"nine_char":2,"sixteen_characte":3}`, `{"eight_cx":1,"nine_chax":2,"sixteen_charactx":3,"eight_cx":4}`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, before, payload []byte) {
		r := rows.NewRenderer(stream, shard, 5)
		_, _, _ = r.Append(nil, before, plainMark(), []byte("k"))
		out, n, err := r.Append(nil, payload, plainMark(), []byte("k"))
		alone, m, errAlone := rows.NewRenderer(stream, shard, 5).Append(nil, payload, plainMark(), []byte("k"))
		if !bytes.Equal(out, alone) || n != m || (err == nil) != (errAlone == nil) {
			t.Fatalf("%q became %q (%v) after %q, and %q (%v) alone", payload, out, err, before, alone, errAlone)
		}
		if err != nil {
			return
		}
		want, err := objects(payload)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.SplitAfter(string(out), "\n")[:n] {
			if ingest.Repeated([]byte(line)) {
				t.Fatalf("a key is there twice in %s", line)
			}
			got := decode(t, line)
			delete(got, rows.Column)
			if !reflect.DeepEqual(got, want[i]) {
				t.Fatalf("row %d is %v, want %v", i, got, want[i])
			}
		}
	})
}
