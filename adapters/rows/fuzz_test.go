package rows_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
	"github.com/kinesnow/kinesnow/messages"
)

// FuzzRowsAgreeWithEncodingJSON holds the renderer against the standard
// library: what it accepts means the same there, and what it refuses is either
// refused there too or one of the things that only we refuse.
func FuzzRowsAgreeWithEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `[{"a":[1,{"b":null}]},{}]`, "{\"a\":\n\"\\u00e9\\ud83d\\ude00\"} {\"KINESISMETADATA\":1}", "{\"a\":\"\xff\"}",
		`{"a":1e400,"b":-0,"c":0.10}`, `{"a":"\ud800"}`, `[1]`, `{"a":1,"a":{"kinesisMetadata":2}}`, `{"\u006binesismetadata":1,"b":true}`, `{"a":01}`,
		`{"a":{"KINESISMETADATA":{"stream":"orders","b":1}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		out, n, err := rows.NewRenderer(stream, shard, 5).Append(nil, payload, plainMark(), []byte("k"))
		if !bytes.Equal(before, payload) {
			t.Fatal("the payload was changed")
		}
		want, reference := objects(payload)
		if err != nil {
			if len(out) != 0 || n != 0 {
				t.Fatalf("%v left %d rows, %q", err, n, out)
			}
			if reference == nil && !onlyOursRefuses(payload, err) {
				t.Fatalf("refused %q: %v", payload, err)
			}
			return
		}
		if reference != nil || !utf8.Valid(payload) {
			t.Fatalf("accepted %q: %v", payload, reference)
		}
		lines := strings.SplitAfter(string(out), "\n")
		if lines[len(lines)-1] != "" || len(lines)-1 != n || len(want) != n {
			t.Fatalf("%d rows of %d objects in %q", n, len(want), out)
		}
		for i, object := range want {
			// Ours is the last member, and at the top the only one of its name: what
			// is below is the producer's, even if it is called the same.
			if !strings.HasSuffix(lines[i], member+"}\n") || ingest.Repeated([]byte(lines[i])) {
				t.Fatalf("metadata of %q", lines[i])
			}
			got := decode(t, lines[i])
			delete(got, rows.Column)
			if !reflect.DeepEqual(got, object) {
				t.Fatalf("row %d is %v, want %v", i, got, object)
			}
		}
	})
}

// objects is the reference: every object of a payload without our keys.
func objects(payload []byte) (all []map[string]any, err error) {
	if bytes.HasPrefix(bytes.TrimLeft(payload, " \t\r\n"), []byte("[")) {
		decoder := json.NewDecoder(bytes.NewReader(payload))
		decoder.UseNumber()
		if err := decoder.Decode(&all); err != nil {
			return nil, err
		}
		if _, err := decoder.Token(); err != io.EOF {
			return nil, errors.New("bytes behind the array")
		}
	} else {
		decoder := json.NewDecoder(bytes.NewReader(payload))
		decoder.UseNumber()
		for {
			var object map[string]any
			err := decoder.Decode(&object)
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, err
			}
			all = append(all, object)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no object")
	}
	for _, object := range all {
		if object == nil {
			return nil, errors.New("null")
		}
		for key := range object {
			if strings.EqualFold(key, rows.Column) {
				delete(object, key)
			}
		}
	}
	return all, nil
}

// onlyOursRefuses reports whether encoding/json is known to let this pass.
func onlyOursRefuses(payload []byte, err error) bool {
	var u *rows.Unusable
	if !errors.As(err, &u) {
		return false
	}
	switch u.Cause {
	case "invalid UTF-8", "truncated":
		return !utf8.Valid(payload)
	case "lone surrogate in a string":
		return bytes.Contains(bytes.ToLower(payload), []byte(`\ud`))
	case "nested deeper than 200 levels":
		return bytes.Count(payload, []byte("["))+bytes.Count(payload, []byte("{")) > rows.MaxDepth
	case "rows of one record exceed 16 MiB":
		return len(payload) > 40_000
	}
	return false
}

func decode(t *testing.T, line string) (object map[string]any) {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return object
}

// FuzzKeysWithoutAColumnAreCounted holds what a renderer counts against the
// standard library, before and after it has learned the keys.
func FuzzKeysWithoutAColumnAreCounted(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":2}`, `[{"b":[1,{"c":null}]},{"B":null,"b":0}]`, `{"\u0062":1,"b":{}}`, `{"kinesismetadata":1,"A":null,"":"x"}{"":1}`, `{"b":1,"b":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		columns := known(true, messages.Column{Name: "A", Type: "NUMBER(38,0)"})
		r, plain := rows.NewRenderer(stream, shard, 5).Counting(columns), rows.NewRenderer(stream, shard, 5)
		want, rendered, err := map[string]int64{}, []byte(nil), error(nil)
		if rendered, _, err = plain.Append(nil, payload, plainMark(), nil); err == nil {
			all, _ := objects(payload)
			for _, object := range all {
				for key, value := range object {
					if value != nil && columns.Load().Find(key) < 0 {
						want[key]++
					}
				}
			}
		}
		for range 3 {
			out, _, again := r.Append(nil, payload, plainMark(), nil)
			if !bytes.Equal(out, rendered) || (again == nil) != (err == nil) {
				t.Fatalf("%q, %v; uncounted %q, %v", out, again, rendered, err)
			}
			got := map[string]int64{}
			if seen := r.Unmatched(); seen != nil {
				for _, k := range seen.Keys {
					got[k.Name] = k.Count
				}
			}
			if len(want) <= 100 && !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: counted %v, want %v", payload, got, want)
			}
		}
	})
}
