package kpl_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/integration/producer"
)

// user is a user record as a test writes it. Key "-" means that only the
// Kinesis record's own is known.
type user struct{ Key, Data string }

// users takes data apart.
func users(t *testing.T, data []byte) []user {
	t.Helper()
	var a kpl.Aggregate
	if err := a.Open(data); err != nil {
		t.Fatal(err)
	}
	return rest(t, &a)
}

func rest(t *testing.T, a *kpl.Aggregate) (all []user) {
	t.Helper()
	for u := (kpl.User{}); a.Next(&u); {
		if u.Index != len(all) {
			t.Errorf("user record %d says that it is %d", len(all), u.Index)
		}
		key := string(u.Key)
		if u.Key == nil {
			key = "-"
		}
		all = append(all, user{key, string(u.Data)})
	}
	if len(all) != a.Len() {
		t.Errorf("%d user records, Len says %d", len(all), a.Len())
	}
	return all
}

// TestKP25TheBytesOfEveryAggregatorAreUnderstood reads what libraries of others
// wrote, the KPL's own daemon among them.
func TestKP25TheBytesOfEveryAggregatorAreUnderstood(t *testing.T) {
	for _, c := range golden(t) {
		t.Run(c.Producer, func(t *testing.T) {
			if got := users(t, c.bytes(t)); !slices.Equal(got, c.Users) {
				t.Errorf("got  %q\nwant %q", got, c.Users)
			}
		})
	}
}

type fixture struct {
	Producer, Data string
	Users          []user
}

func golden(t testing.TB) (all []fixture) {
	t.Helper()
	b, err := os.ReadFile("testdata/aggregates.json")
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	if err != nil || len(all) != 6 {
		t.Fatalf("%d fixtures: %v", len(all), err)
	}
	return all
}

func (f *fixture) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(f.Data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestA01TheDocumentedAggregateIsTakenApart(t *testing.T) {
	b, err := hex.DecodeString("f3899ac20a04706b2d610a04706b2d621a0b08001a077b226e223a317d1a0b08011a077b226e223a327d1a0b08001a077b226e223a337dd45ecbdde9d6109a5016fd34e42d82e6")
	if err != nil {
		t.Fatal(err)
	}
	want := []user{{"pk-a", `{"n":1}`}, {"pk-b", `{"n":2}`}, {"pk-a", `{"n":3}`}}
	if got := users(t, b); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAnAggregateOfNoUserRecordsIsOne(t *testing.T) {
	for _, data := range [][]byte{producer.Aggregate(), producer.Seal([]byte("\x0a\x04pk-a"))} {
		if got := users(t, data); len(got) != 0 {
			t.Errorf("%q", got)
		}
	}
}

func TestAnAggregateInAnAggregateIsData(t *testing.T) {
	inner := producer.Aggregate(producer.User{Key: "in", Data: []byte("{}")})
	if got := users(t, producer.Aggregate(producer.User{Key: "out", Data: inner})); !slices.Equal(got, []user{{"out", string(inner)}}) {
		t.Errorf("got %q", got)
	}
}

// Parts of messages.
const (
	key0   = "\x0a\x01k"                  // a partition key
	good   = "\x1a\x06\x08\x00\x1a\x02{}" // a record of it
	goodly = "\x08\x00\x1a\x02{}"         // the inside of it
)

func TestUnusualMessagesAreUnderstood(t *testing.T) {
	one := []user{{"k", "{}"}}
	for name, c := range map[string]struct {
		message string
		want    []user
	}{
		"tables behind the records":           {good + key0, one},
		"unknown fields of every type":        {"\x28\x05" + "\x31abcdefgh" + key0 + "\x3a\x03abc" + good + "\x45abcd", one},
		"unknown fields in a record":          {key0 + "\x1a\x0f" + "\x28\x05" + "\x35abcd" + goodly + "\x22\x00", one},
		"tags":                                {key0 + "\x1a\x0b" + goodly + "\x22\x03\x0a\x01x", one},
		"a group":                             {key0 + "\x2b\x08\x01\x33\x12\x01a\x34\x2c" + good, one},
		"a known number of another wire type": {key0 + "\x18\x07" + good + "\x0d\x00\x00\x00\x00", one},
		"a field twice: the last one counts":  {key0 + "\x1a\x0c\x08\x09\x1a\x02[]" + goodly, one},
		"numbers longer than they need be":    {key0 + "\x1a\x0a\x08\x80\x80\x80\x00\x1a\x82\x00{}", []user{{"k", "{}"}}},
		"a key index beyond the table":        {key0 + "\x1a\x06\x08\x01\x1a\x02{}" + good, []user{{"-", "{}"}, {"k", "{}"}}},
		"a key index beyond everything":       {key0 + "\x1a\x0f\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x1a\x02{}", []user{{"-", "{}"}}},
		"no key table":                        {good, []user{{"-", "{}"}}},
		"a key that no producer may give":     {"\x0a\x81\x08" + strings.Repeat("k", 1025) + good, []user{{"-", "{}"}}},
		"an empty key, empty data":            {"\x0a\x00" + "\x1a\x04\x08\x00\x1a\x00", []user{{"", ""}}},
		"a hash index beyond the table":       {key0 + "\x1a\x08\x08\x00\x10\x09\x1a\x02{}", one},
	} {
		if got := users(t, producer.Seal([]byte(c.message))); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestWhatIsNoAggregateIsAPlainRecord(t *testing.T) {
	seal := func(message string) []byte { return producer.Seal([]byte(message)) }
	whole := seal(key0 + good)
	flipped := slices.Clone(whole)
	flipped[8] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"the magic alone":                     {whole[:4], kpl.ErrTruncated},
		"shorter than magic and MD5":          {whole[:19], kpl.ErrTruncated},
		"cut off":                             {whole[:len(whole)-1], kpl.ErrChecksum},
		"a bit in the message":                {flipped, kpl.ErrChecksum},
		"no MD5":                              {append(slices.Clone(whole[:len(whole)-16]), make([]byte, 16)...), kpl.ErrChecksum},
		"bytes behind":                        {append(slices.Clone(whole), 0), kpl.ErrChecksum},
		"a length beyond the end":             {seal(key0 + "\x1a\x07\x08\x00\x1a\x02{}"), kpl.ErrProtobuf},
		"a length beyond everything":          {seal("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), kpl.ErrProtobuf},
		"a length beyond the record":          {seal(key0 + "\x1a\x06\x08\x00\x1a\x03{}" + "x"), kpl.ErrProtobuf},
		"a record without data":               {seal(key0 + "\x1a\x02\x08\x00"), kpl.ErrProtobuf},
		"a record without a key":              {seal(key0 + "\x1a\x04\x1a\x02{}"), kpl.ErrProtobuf},
		"a good record, then an empty one":    {seal(key0 + good + "\x1a\x00"), kpl.ErrProtobuf},
		"data that is a number":               {seal(key0 + "\x1a\x04\x08\x00\x18\x05"), kpl.ErrProtobuf},
		"a number without an end":             {seal(key0 + good + "\x28" + strings.Repeat("\x80", 11) + "\x00"), kpl.ErrProtobuf},
		"a number of 65 bits":                 {seal(key0 + good + "\x28" + strings.Repeat("\xff", 9) + "\x02"), kpl.ErrProtobuf},
		"a field numbered 0":                  {seal(key0 + good + "\x00\x00"), kpl.ErrProtobuf},
		"a field number that is too large":    {seal(key0 + good + "\x80\x80\x80\x80\x10\x00"), kpl.ErrProtobuf},
		"a wire type that there is not":       {seal(key0 + good + "\x2e\x00"), kpl.ErrProtobuf},
		"a group that does not end":           {seal(key0 + good + "\x2b\x08\x01"), kpl.ErrProtobuf},
		"a group that another's end closes":   {seal(key0 + good + "\x2b\x34"), kpl.ErrProtobuf},
		"an end of no group":                  {seal(key0 + good + "\x2c"), kpl.ErrProtobuf},
		"groups in groups, too deep":          {seal(key0 + good + strings.Repeat("\x2b", 5_000_000)), kpl.ErrProtobuf},
		"cut off in a fixed number":           {seal(key0 + good + "\x31abc"), kpl.ErrProtobuf},
		"a message that is none":              {seal("plain text"), kpl.ErrProtobuf},
		"more user records than anybody has":  {seal(key0 + strings.Repeat("\x1a\x04\x08\x00\x1a\x00", kpl.MaxRecords+1)), kpl.ErrTooMany},
		"more partition keys than that":       {seal(strings.Repeat("\x0a\x00", kpl.MaxRecords+1)), kpl.ErrTooMany},
		"more explicit hash keys than that":   {seal(strings.Repeat("\x12\x00", kpl.MaxRecords+1)), kpl.ErrTooMany},
		"what does not begin like one at all": {[]byte(`{"a":1,"b":"some text of some length"}`), kpl.ErrTruncated},
	} {
		var a kpl.Aggregate
		if err := a.Open(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
		if got := rest(t, &a); len(got) != 0 {
			t.Errorf("%s: it gives %d user records all the same", name, len(got))
		}
	}
	var a kpl.Aggregate
	if err := a.Open(seal(key0 + strings.Repeat("\x1a\x04\x08\x00\x1a\x00", kpl.MaxRecords))); err != nil || a.Len() != kpl.MaxRecords {
		t.Errorf("as many as are allowed: %v", err)
	}
}

func TestOneAggregateAfterAnotherLeavesNothingBehind(t *testing.T) {
	var a kpl.Aggregate
	many := make([]producer.User, 300)
	for i := range many {
		many[i] = producer.User{Key: fmt.Sprint("key-", i), Hash: fmt.Sprint(i), Data: fmt.Append(nil, i)}
	}
	if err := a.Open(producer.Aggregate(many...)); err != nil || a.Len() != 300 {
		t.Fatal(err)
	}
	if err := a.Open(producer.Seal([]byte("\x1a\x06\x08\x05\x1a\x02{}"))); err != nil {
		t.Fatal(err)
	}
	if got := rest(t, &a); !slices.Equal(got, []user{{"-", "{}"}}) {
		t.Errorf("got %q", got)
	}
	if err := a.Open(nil); err == nil || a.Len() != 0 {
		t.Errorf("nothing is an aggregate of %d", a.Len())
	}
}
