package payload_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/payload"
	"github.com/kinesnow/kinesnow/messages"
)

// decoder is a Decoder made of a function.
type decoder func([]byte) ([]byte, error)

func (d decoder) Decode(b []byte) ([]byte, error) { return d(b) }

func upper(_ messages.Record, b []byte) ([]byte, error) { return bytes.ToUpper(b), nil }

func TestNothingToDoIsNoPath(t *testing.T) {
	p := payload.New(nil, nil)
	if p != nil {
		t.Errorf("a path without decoder and transform: %v", p)
	}
	if got, fate, err := p.Apply(messages.Record{}, []byte("x")); string(got) != "x" || fate != messages.Rendered || err != nil {
		t.Errorf("no path made %q, fate %d, error %v", got, fate, err)
	}
}

func TestARecordGoesThroughDecodeThenTransform(t *testing.T) {
	unwrap := decoder(func(b []byte) ([]byte, error) { return bytes.Trim(b, "<>"), nil })
	broken := errors.New("no\nluck " + strings.Repeat("x", 500))
	for _, c := range []struct {
		name      string
		decode    payload.Decoder
		transform payload.Transform
		want      string
		fate      messages.Fate
		cause     string
	}{
		{"both", unwrap, upper, `{"A":1}`, messages.Rendered, ""},
		{"decode alone", unwrap, nil, `{"a":1}`, messages.Rendered, ""},
		{"transform alone", nil, upper, `<{"A":1}>`, messages.Rendered, ""},
		{"filtered", unwrap, func(messages.Record, []byte) ([]byte, error) { return nil, nil }, "", messages.Filtered, ""},
		{"an empty answer is an empty payload", nil, func(messages.Record, []byte) ([]byte, error) { return []byte{}, nil }, "", messages.Rendered, ""},
		{"decode fails", decoder(func([]byte) ([]byte, error) { return nil, errors.New("bad magic") }), upper, "", messages.Discarded, "decode: bad magic"},
		{"transform fails at length", nil, func(messages.Record, []byte) ([]byte, error) { return []byte("x"), broken }, "", messages.Discarded,
			"transform: no luck " + strings.Repeat("x", 192) + "..."},
		{"decode panics", decoder(func(b []byte) ([]byte, error) { return b[:cap(b)+1], nil }), nil, "", messages.Discarded, "decode: panic: runtime error"},
		{"transform panics", nil, func(messages.Record, []byte) ([]byte, error) { panic("host bug") }, "", messages.Discarded, "transform: panic: host bug"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, fate, err := payload.New(c.decode, c.transform).Apply(messages.Record{}, []byte(`<{"a":1}>`))
			if string(got) != c.want || fate != c.fate || (err == nil) != (c.cause == "") {
				t.Fatalf("got %q, fate %d, error %v; want %q, fate %d, cause %q", got, fate, err, c.want, c.fate, c.cause)
			}
			if err != nil && !strings.HasPrefix(err.Error(), c.cause) {
				t.Errorf("cause %q, want %q", err, c.cause)
			}
		})
	}
}

func TestATransformSeesItsRecord(t *testing.T) {
	want := messages.Record{Stream: "orders", Shard: "shardId-000000000003", Position: messages.Position{Seq: "7"}, PartitionKey: "k"}
	var got messages.Record
	p := payload.New(nil, func(r messages.Record, b []byte) ([]byte, error) { got = r; return b, nil })
	if _, _, err := p.Apply(want, []byte("{}")); err != nil || got != want {
		t.Errorf("saw %+v, error %v", got, err)
	}
}
