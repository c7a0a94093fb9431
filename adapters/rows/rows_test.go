package rows_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
)

const (
	stream = "orders"
	shard  = messages.ShardID("shardId-000000000003")
	seq    = "49590338271490256608559692538361571095921575989136588801"
)

// plainMark is a plain record that arrived at 2025-11-05T09:12:15.300 UTC.
func plainMark() *messages.Mark {
	return &messages.Mark{Seq: seq, Arrival: 1762333935300, Last: true}
}

// member is what the renderer adds for plainMark with partition key "k".
const member = `"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000003","sequenceNumber":"` + seq +
	`","subSequenceNumber":0,"shardedSequenceNumber":"` + seq + `00000","partitionKey":"k","approximateArrival":"2025-11-05T09:12:15.300"}`

func render(payload string) (string, int, error) {
	out, n, err := rows.NewRenderer(stream, shard, 5).Append([]byte("before\n"), []byte(payload), plainMark(), []byte("k"))
	return strings.TrimPrefix(string(out), "before\n"), n, err
}

func TestAnObjectBecomesOneRowWithItsMetadataLast(t *testing.T) {
	for _, c := range []struct{ name, payload, want string }{
		{"members", `{"a":1,"b":"x"}`, `{"a":1,"b":"x",` + member + "}\n"},
		{"no member", `{}`, `{` + member + "}\n"},
		{"no member, spaced", `{ }`, `{ ` + member + "}\n"},
		{"surrounding white space", " \r\n\t{\"a\":1}\r\n ", `{"a":1,` + member + "}\n"},
		{"spaces inside stay", `{"a" : [1, 2] }`, `{"a" : [1, 2] ,` + member + "}\n"},
		{"raw line breaks go", "{\r\n  \"a\\n\" : [1,\n 2],\n \"b c\" : \" x\"\n}", `{"a\n":[1,2],"b c":" x",` + member + "}\n"},
		{"raw line break in no member", "{\n}", `{` + member + "}\n"},
		{"numbers pass untouched", `{"a":1e400,"b":1234567890123456789012345678901234567890.10,"c":-0.0E+1}`,
			`{"a":1e400,"b":1234567890123456789012345678901234567890.10,"c":-0.0E+1,` + member + "}\n"},
		{"of a repeated key the last one stays", `{"a":1,"a":2}`, `{"a":2,` + member + "}\n"},
		{"a surrogate pair passes", `{"a":"\ud83d\ude00 \u00e9 é 😀"}`, `{"a":"\ud83d\ude00 \u00e9 é 😀",` + member + "}\n"},
		{"our key is replaced", `{"a":1,"KINESISMETADATA":{"stream":"x"},"b":2}`, `{"a":1,"b":2,` + member + "}\n"},
		{"our key in other case", `{"kinesisMetadata":[1,{"a":"}"}],"b":2}`, `{"b":2,` + member + "}\n"},
		{"our key escaped", `{"b":2,"\u004bINESIS\u006detadata":null}`, `{"b":2,` + member + "}\n"},
		{"our key with signs that fold", "{\"b\":2,\"\u212aINE\u017fISMETADATA\":null}", `{"b":2,` + member + "}\n"},
		{"our key alone", `{"kinesismetadata":1}`, `{` + member + "}\n"},
		{"our key twice", `{"kinesismetadata":1,"KINESISMETADATA":2}`, `{` + member + "}\n"},
		{"our key below the top", `{"a":{"KINESISMETADATA":1}}`, `{"a":{"KINESISMETADATA":1},` + member + "}\n"},
		{"a key that begins alike", `{"KINESISMETADATA2":1,"kinesismetadat\u0020":2}`, `{"KINESISMETADATA2":1,"kinesismetadat\u0020":2,` + member + "}\n"},
		{"200 levels", `{"a":` + strings.Repeat("[", 199) + strings.Repeat("]", 199) + `}`,
			`{"a":` + strings.Repeat("[", 199) + strings.Repeat("]", 199) + `,` + member + "}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, n, err := render(c.payload)
			if err != nil || n != 1 || got != c.want {
				t.Errorf("%d rows, error %v\n got %s\nwant %s", n, err, got, c.want)
			}
		})
	}
}

func TestSeveralObjectsBecomeRowsThatShareTheMetadata(t *testing.T) {
	want := `{"a":1,` + member + "}\n" + `{` + member + "}\n" + `{"b":"}{",` + member + "}\n"
	for _, c := range []struct{ name, payload string }{
		{"lines", "{\"a\":1}\n{}\n{\"b\":\"}{\"}\n"},
		{"nothing between", `{"a":1}{}{"b":"}{"}`},
		{"an array", ` [{"a":1} , {},{"b":"}{"}] `},
		{"line breaks inside", "{\"a\"\n:1}{\r}\n{\"b\":\n\"}{\"}"},
		{"our key inside", `[{"a":1,"kinesisMetadata":7},{"KINESISMETADATA":{}},{"b":"}{"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, n, err := render(c.payload)
			if err != nil || n != 3 || got != want {
				t.Errorf("%d rows, error %v\n got %s\nwant %s", n, err, got, want)
			}
		})
	}
}

func TestAnArrayOfOneObjectIsOneRow(t *testing.T) {
	if got, n, err := render(`[{"a":1}]`); err != nil || n != 1 || got != `{"a":1,`+member+"}\n" {
		t.Errorf("%d rows, error %v, %s", n, err, got)
	}
}

func TestAnUnusablePayloadLeavesNothingAndSaysWhy(t *testing.T) {
	for _, c := range []struct{ name, payload, cause string }{
		{"empty", "", "empty payload"},
		{"white space", " \n", "empty payload"},
		{"a number", "12", "not a JSON object"},
		{"text", "hello", "not a JSON object"},
		{"byte order mark", "\ufeff{}", "begins with a byte order mark"},
		{"null", "null", "not a JSON object"},
		{"truncated in an object", `{"a":1`, "truncated at byte 6"},
		{"truncated in a key", `{"a`, "truncated at byte 3"},
		{"truncated in an escape", `{"a\`, "truncated at byte 4"},
		{"truncated in a unicode escape", `{"a\u00`, "truncated at byte 7"},
		{"truncated between surrogates", `{"a\ud83d`, "truncated at byte 9"},
		{"truncated in a literal", `{"a":tru`, "truncated at byte 8"},
		{"truncated in a number", `{"a":-`, "truncated at byte 6"},
		{"truncated in a character", "{\"a\":\"\xf0\x9f\x98", "truncated at byte 9"},
		{"truncated in an array", `[{"a":1},`, "truncated at byte 9"},
		{"the second object truncated", `{"a":1}{"b"`, "truncated at byte 11"},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "invalid UTF-8 at byte 6"},
		{"overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", "invalid UTF-8 at byte 6"},
		{"a surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "invalid UTF-8 at byte 6"},
		{"lone high surrogate", `{"a":"\ud800x"}`, "lone surrogate in a string at byte 6"},
		{"lone low surrogate", `{"a":"\udc00"}`, "lone surrogate in a string at byte 6"},
		{"two high surrogates", `{"a":"\ud800\ud800"}`, "lone surrogate in a string at byte 6"},
		{"two low surrogates", `{"a":"\udc00\udc00"}`, "lone surrogate in a string at byte 6"},
		{"201 levels", `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, "nested deeper than 200 levels at byte 204"},
		{"a million brackets", `{"a":` + strings.Repeat("[", 1_000_000), "nested deeper than 200 levels at byte 204"},
		{"a million brackets alone", strings.Repeat("[", 1_000_000), "array element is not a JSON object at byte 1"},
		{"raw line break in a string", "{\"a\":\"\n\"}", "control character in a string at byte 6"},
		{"NUL", "{\"a\":\x00}", "unexpected character at byte 5"},
		{"bad escape", `{"a":"\x"}`, "bad escape in a string at byte 7"},
		{"bad unicode escape", `{"a":"\u00g0"}`, "bad escape in a string at byte 10"},
		{"leading zero", `{"a":01}`, "unexpected character at byte 6"},
		{"plus", `{"a":+1}`, "unexpected character at byte 5"},
		{"bare fraction", `{"a":1.}`, "bad number at byte 7"},
		{"bare exponent", `{"a":1e}`, "bad number at byte 7"},
		{"NaN", `{"a":NaN}`, "unexpected character at byte 5"},
		{"misspelt literal", `{"a":nulL}`, "unexpected character at byte 8"},
		{"trailing comma", `{"a":1,}`, "unexpected character at byte 7"},
		{"array trailing comma", `{"a":[1,]}`, "unexpected character at byte 8"},
		{"wrong closing", `{"a":[1}}`, "unexpected character at byte 7"},
		{"a bare key", `{a:1}`, "unexpected character at byte 1"},
		{"no colon", `{"a" 1}`, "unexpected character at byte 5"},
		{"bytes behind", `{"a":1}x`, "bytes behind the JSON value at byte 7"},
		{"a number behind", `{"a":1} 2`, "bytes behind the JSON value at byte 8"},
		{"an array behind", `{"a":1}[{}]`, "bytes behind the JSON value at byte 7"},
		{"bytes behind an array", `[{"a":1}]{}`, "bytes behind the JSON value at byte 9"},
		{"empty array", `[ ]`, "array without an object at byte 2"},
		{"a scalar in an array", `[{"a":1},2]`, "array element is not a JSON object at byte 9"},
		{"no comma in an array", `[{}{}]`, "unexpected character at byte 3"},
		{"rows too large together", strings.Repeat("{}", 60_000), "rows of one record exceed 16 MiB"},
		{"one row too large", `{"a":"` + strings.Repeat("x", 16<<20) + `"}`, "rows of one record exceed 16 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, n, err := render(c.payload)
			var unusable *rows.Unusable
			if !errors.As(err, &unusable) || err.Error() != c.cause || n != 0 || got != "" {
				t.Errorf("%d rows, error %v, want %q; left %.80q", n, err, c.cause, got)
			}
		})
	}
}

func TestEveryCutOfAGoodPayloadIsUnusable(t *testing.T) {
	payload := `{"a":[1.5e+3,true,false,null,{"b":"\u00e9\ud83d\ude00é"}],"c":"d"}`
	for n := range payload {
		if _, _, err := render(payload[:n]); err == nil {
			t.Errorf("%q made a row", payload[:n])
		}
	}
}

func TestA01MetadataFieldsFollowTheDocumentation(t *testing.T) {
	for _, c := range []struct {
		name  string
		width int
		mark  messages.Mark
		key   []byte
		want  string
	}{
		{"the documented example", 5, messages.Mark{Seq: "123456789", Sub: 2}, nil,
			`"sequenceNumber":"123456789","subSequenceNumber":2,"shardedSequenceNumber":"12345678900002"}`},
		{"as NiFi pads", 20, messages.Mark{Seq: seq, Sub: 2}, nil,
			`"sequenceNumber":"` + seq + `","subSequenceNumber":2,"shardedSequenceNumber":"4959033827149025660855969253836157109592157598913658880100000000000000000002"}`},
		{"as NiFi pads its own example", 20, messages.Mark{Seq: "123456789", Sub: 3}, nil,
			`"sequenceNumber":"123456789","subSequenceNumber":3,"shardedSequenceNumber":"12345678900000000000000000003"}`},
		{"wider than the width", 5, messages.Mark{Seq: "1", Sub: 1234567}, nil,
			`"sequenceNumber":"1","subSequenceNumber":1234567,"shardedSequenceNumber":"11234567"}`},
		{"a key that needs escapes", 1, messages.Mark{Seq: "1"}, []byte("a\"b\\c\n\x01é\xff"),
			`"sequenceNumber":"1","subSequenceNumber":0,"shardedSequenceNumber":"10","partitionKey":"a\"b\\c\u000a\u0001é` + "\ufffd" + `"}`},
		{"an arrival in the same second", 1, messages.Mark{Seq: "1", Arrival: 1762333935999}, nil,
			`"sequenceNumber":"1","subSequenceNumber":0,"shardedSequenceNumber":"10","approximateArrival":"2025-11-05T09:12:15.999"}`},
		{"an arrival before 1970", 1, messages.Mark{Seq: "1", Arrival: -1}, nil,
			`"sequenceNumber":"1","subSequenceNumber":0,"shardedSequenceNumber":"10","approximateArrival":"1969-12-31T23:59:59.999"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rows.NewRenderer(stream, shard, c.width)
			for range 2 { // the second one takes the timestamp from the cache
				out, _, err := r.Append(nil, []byte("{}"), &c.mark, c.key)
				want := `{"KINESISMETADATA":{"stream":"orders","shardId":"shardId-000000000003",` + c.want + "}\n"
				if err != nil || string(out) != want {
					t.Fatalf("error %v\n got %s\nwant %s", err, out, want)
				}
			}
		})
	}
}

func TestARendererServesGoodRecordsAfterBadOnes(t *testing.T) {
	r := rows.NewRenderer(stream, shard, 5)
	var out []byte
	for _, payload := range []string{`{"a":1}`, `{"a"`, `[{"b":1},{"c":1}]`, `[{"b":1},`, `{"d":1}`} {
		out, _, _ = r.Append(out, []byte(payload), plainMark(), []byte("k"))
	}
	want := `{"a":1,` + member + "}\n" + `{"b":1,` + member + "}\n" + `{"c":1,` + member + "}\n" + `{"d":1,` + member + "}\n"
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestRenderingInPlaceDoesNotAllocate(t *testing.T) {
	r, mark, key := rows.NewRenderer(stream, shard, 5), plainMark(), []byte("key-1")
	buffer := make([]byte, 0, 64<<10)
	for _, payload := range [][]byte{
		sample(1024),
		[]byte(`[{"a":1},{"b":"é"}]`),
		[]byte("{\"a\":\n1,\"KINESISMETADATA\":2}"),
	} {
		if n := testing.AllocsPerRun(100, func() {
			buffer = append(buffer[:0], payload...)
			if _, _, err := r.Render(buffer, 0, mark, key); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%.0f allocations for %.40s", n, payload)
		}
	}
}

// TestRealEventsKeepEveryValue renders lines of a real feed with nulls and
// mixed number forms and compares what a decoder sees.
func TestRealEventsKeepEveryValue(t *testing.T) {
	lines, err := os.ReadFile("testdata/earthquakes.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines) {
		got, n, err := render(string(line))
		if err != nil || n != 1 {
			t.Fatalf("%d rows, error %v of %s", n, err, line)
		}
		body := strings.TrimSuffix(strings.TrimSpace(string(line)), "}")
		if want := body + "," + member + "}\n"; got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		if !json.Valid([]byte(got)) {
			t.Fatalf("not JSON: %s", got)
		}
	}
}
