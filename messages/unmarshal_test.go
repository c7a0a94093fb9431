package messages

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

func TestBytesThatNobodyWroteAreAnErrorAndNoPanic(t *testing.T) {
	const deep = 4 << 20 // what an entry of the journal may have
	array32 := []byte{0xdd, 0xff, 0xff, 0xff, 0xff}
	for name, body := range map[string][]byte{
		"nil for a time":                    []byte("\x81\xa2at\xc0"),
		"an array of four thousand million": append([]byte("\x81\xa6shards"), array32...),
		"the same, unknown":                 append([]byte("\x81\xa5other"), array32...),
		"a text of four gigabytes":          []byte("\x81\xa6shards\x91\xdb\xff\xff\xff\xff"),
		"a map of four thousand million":    {0xdf, 0xff, 0xff, 0xff, 0xff},
		"four million deep":                 append([]byte("\x81\xa5other"), bytes.Repeat([]byte{0x91}, deep)...),
		"the same, whole":                   append(append([]byte("\x81\xa5other"), bytes.Repeat([]byte{0x91}, deep)...), 0xc0),
		"one level too deep":                nested(maxLevels + 1),
		"nothing":                           {},
		"half":                              []byte("\x82\xa2at"),
	} {
		e, err := Decode(KindPaused, body)
		if err == nil {
			t.Errorf("%s: read as %+v", name, e)
		} else if !strings.Contains(err.Error(), string(KindPaused)) {
			t.Errorf("%s: %q does not name the event", name, err)
		}
	}
}

// nested is a body of so many levels, all but the first in a field that nobody
// knows.
func nested(levels int) []byte {
	var body []byte
	for range levels / 2 {
		body = append(body, "\x81\xa5other\x91"...)
	}
	if levels%2 == 1 {
		body = append(body, '\x91')
	}
	return append(body, 0xc0)
}

func TestABodyMayHaveAllLevels(t *testing.T) {
	for _, levels := range []int{2, 3, maxLevels} {
		if _, err := Decode(KindPaused, nested(levels)); err != nil {
			t.Errorf("%d levels: %v", levels, err)
		}
	}
}

func TestUnmarshalReadsWhatTheLibraryWrites(t *testing.T) {
	want := Paused{Shards: []ShardID{"shardId-000000000001"}, At: time.Unix(1, 0).UTC()}
	body, err := msgpack.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Paused
	if err := Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Shards) != 1 || got.Shards[0] != want.Shards[0] || !got.At.Equal(want.At) {
		t.Errorf("read %+v, wrote %+v", got, want)
	}
}
