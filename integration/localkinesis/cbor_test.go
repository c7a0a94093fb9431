package localkinesis

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// javaRequests are bodies that AWS SDK for Java 2.52.0 sent, and what they say.
var javaRequests = []struct{ what, body, says string }{
	{"nothing", "bfff", `{}`},
	{"CreateStream, a tag named like a blob",
		"bf6a53747265616d4e616d65667175616b65736a5368617264436f756e74026454616773bf64446174616178ffff",
		`{"StreamName":"quakes","ShardCount":2,"Tags":{"Data":"x"}}`},
	{"PutRecord",
		"bf6a53747265616d4e616d65667175616b657364446174614400ff61226c506172746974696f6e4b65796e7363686cc3bc7373656c202231226f4578706c69636974486173684b65796130ff",
		`{"StreamName":"quakes","Data":"AP9hIg==","PartitionKey":"schlüssel \"1\"","ExplicitHashKey":"0"}`},
	{"PutRecords",
		"bf675265636f7264739fbf6444617461477b226e223a317d6c506172746974696f6e4b65796161ffbf6444617461406f4578706c69636974486173684b65797827" +
			"3334303238323336363932303933383436333436333337343630373433313736383231313435356c506172746974696f6e4b65796162ffff6a53747265616d4e616d65667175616b6573ff",
		`{"Records":[{"Data":"eyJuIjoxfQ==","PartitionKey":"a"},{"Data":"","ExplicitHashKey":"340282366920938463463374607431768211455","PartitionKey":"b"}],"StreamName":"quakes"}`},
	{"GetShardIterator at a time",
		"bf6a53747265616d4e616d65667175616b6573675368617264496474736861726449642d3030303030303030303030307153686172644974657261746f7254797065" +
			"6c41545f54494d455354414d506954696d657374616d70c11b000001a20284126bff",
		`{"StreamName":"quakes","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1795338539.627}`},
	{"ListShards from 1 ms on",
		"bf6a53747265616d4e616d65667175616b65736a4d6178526573756c747318646b536861726446696c746572bf64547970656e46524f4d5f54494d455354414d50" +
			"6954696d657374616d70c101ffff",
		`{"StreamName":"quakes","MaxResults":100,"ShardFilter":{"Type":"FROM_TIMESTAMP","Timestamp":0.001}}`},
	{"ListShards with a token in two chunks",
		"bf694e657874546f6b656e7f790f9c" + strings.Repeat("78", 0xf9c) + "7868" + strings.Repeat("78", 0x68) + "ffff",
		`{"NextToken":"` + strings.Repeat("x", 4100) + `"}`},
	{"DeleteStream",
		"bf6a53747265616d4e616d65667175616b657377456e666f726365436f6e73756d657244656c6574696f6ef5ff",
		`{"StreamName":"quakes","EnforceConsumerDeletion":true}`},
}

func TestA12ARequestOfTheJavaSDKSaysTheSameAsItsJSON(t *testing.T) {
	for _, c := range javaRequests {
		body, err := hex.DecodeString(c.body)
		if err != nil {
			t.Fatal(err)
		}
		said, refused := appendJSON(nil, body)
		if refused != nil || string(said) != c.says {
			t.Errorf("%s: %s, %v\nwant %s", c.what, said, refused, c.says)
		}
	}
}

// written are items in other encodings than the SDK's, all allowed.
func TestARequestMayBeWrittenInEveryWayThatCBORAllows(t *testing.T) {
	for _, c := range []struct{ what, body, says string }{
		{"lengths up front", "\xa1\x61a\x82\x01\x02", `{"a":[1,2]}`},
		{"longer than need be", "\xb8\x01\x78\x01a\x18\x01", `{"a":1}`},
		{"a blob in chunks", "\xa1\x64Data\x5f\x41a\x40\x42bc\xff", `{"Data":"YWJj"}`},
		{"a name in chunks", "\xa1\x7f\x62Da\x62ta\xff\x5f\x41a\xff", `{"Data":"YQ=="}`},
		{"a character in two chunks is one text", "\xa1\x61a\x7f\x61b\x62\xc3\xbc\xff", `{"a":"bü"}`},
		{"negative", "\xa1\x61a\x29", `{"a":-10}`},
		{"null and undefined", "\xa2\x61a\xf6\x61b\xf7", `{"a":null,"b":null}`},
		{"a half", "\xa1\x61a\xf9\x38\x00", `{"a":0.5}`},
		{"a single", "\xa1\x61a\xfa\x47\xc3\x50\x00", `{"a":100000}`},
		{"a double", "\xa1\x61a\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", `{"a":1.1}`},
		{"a time without its tag is in ms too", "\xa1\x69Timestamp\x19\x03\xe8", `{"Timestamp":1}`},
		{"a time as a double", "\xa1\x69Timestamp\xc1\xfb\x40\x97\x70\x00\x00\x00\x00\x00", `{"Timestamp":1.5}`},
		{"a tag of no concern", "\xa1\x61a\xd9\xd9\xf7\x61b", `{"a":"b"}`},
		{"control characters", "\xa1\x61a\x62\x00\n", `{"a":"\u0000\n"}`},
	} {
		said, refused := appendJSON(nil, []byte(c.body))
		if refused != nil || string(said) != c.says {
			t.Errorf("%s: %s, %v, want %s", c.what, said, refused, c.says)
		}
	}
}

func TestHostileCBORIsRefused(t *testing.T) {
	for what, body := range map[string]string{
		"nothing at all":             "",
		"half a map":                 "\xbf\x61a",
		"a text longer than all":     "\xa1\x61a\x7a\xff\xff\xff\xffx",
		"a blob of 2^63 bytes":       "\xa1\x64Data\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
		"a blob of 2^64-1 bytes":     "\xa1\x64Data\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
		"a list of 2^64-1 items":     "\xa1\x61a\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"a map of 2^62 members":      "\xbb\x40\x00\x00\x00\x00\x00\x00\x00\x61a\x01",
		"a million lists":            "\xa1\x61a" + strings.Repeat("\x81", 1e6) + "\x01",
		"a million open-ended lists": "\xa1\x61a" + strings.Repeat("\x9f", 1e6),
		"a million tags":             "\xa1\x61a" + strings.Repeat("\xc1", 1e6) + "\x01",
		"a break out of place":       "\xa1\x61a\xff",
		"text in a blob's chunks":    "\xa1\x64Data\x5f\x61a\xff",
		"chunks in chunks":           "\xa1\x61a\x7f\x7f\x61a\xff\xff",
		"a reserved length":          "\xa1\x61a\x1c",
		"a map with half a member":   "\xbf\x61a\x01\x61b\xff",
		"something behind the end":   "\xa0\xa0",
		"no UTF-8":                   "\xa1\x61a\x61\xff",
		"a name that is no text":     "\xa1\x01\x01",
		"a name that is a blob":      "\xa1\x41a\x01",
		"text for a blob":            "\xa1\x64Data\x61a",
		"a blob for a text":          "\xa1\x61a\x41a",
		"not a number":               "\xa1\x61a\xf9\x7e\x00",
		"infinity":                   "\xa1\x61a\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00",
		"a simple value of no type":  "\xa1\x61a\xf8\xc8",
	} {
		said, refused := appendJSON(nil, []byte(body))
		if refused == nil || refused.Code != "SerializationException" {
			t.Errorf("%s: %s, %v", what, said, refused)
		}
	}
}

func TestAnAnswerInCBORHasMillisecondsAndBytes(t *testing.T) {
	const answer = `{"MillisBehindLatest":0,"Records":[{"ApproximateArrivalTimestamp":1.795338539627E9,"Data":"AP9h","PartitionKey":"schl\u00fcssel \"1\""},` +
		`{"ApproximateArrivalTimestamp":0.001,"Data":""}],"None":null,"More":false,"Negative":-500,"Rate":1.5}`
	want := "bf" + "724d696c6c6973426568696e644c617465737400" + "675265636f726473" + "9f" +
		"bf" + "781b417070726f78696d6174654172726976616c54696d657374616d70" + "c11b000001a20284126b" + "6444617461" + "4300ff61" +
		"6c506172746974696f6e4b6579" + "6e7363686cc3bc7373656c20223122" + "ff" +
		"bf" + "781b417070726f78696d6174654172726976616c54696d657374616d70" + "c101" + "6444617461" + "40" + "ff" +
		"ff" + "644e6f6e65f6" + "644d6f7265f4" + "684e65676174697665" + "3901f3" + "6452617465" + "fb3ff8000000000000" + "ff"
	got, err := appendCBOR(nil, []byte(answer))
	if err != nil || hex.EncodeToString(got) != want {
		t.Errorf("%x, %v\nwant %s", got, err, want)
	}
	for _, broken := range []string{``, `{`, `{"a"}`, `{"a":1`, `[1 2]`, `{"a":1}x`, `{"Data":"a"}`, `{"a":tru}`, `"a`, strings.Repeat("[", 1e5)} {
		if got, err := appendCBOR(nil, []byte(broken)); err == nil {
			t.Errorf("%.20q became %x", broken, got)
		}
	}
}

func TestKP24EveryMomentKeepsItsMillisecondsInCBOR(t *testing.T) {
	for range 2000 {
		ms := rand.Int64N(1 << 42) // until 2109
		answer := append(append([]byte(`{"Timestamp":`), appendSeconds(nil, ms)...), '}')
		want := appendHead(appendHead([]byte("\xbf\x69Timestamp"), cborTag, cborTimeTag), cborUnsigned, uint64(ms))
		got, err := appendCBOR(nil, answer)
		if err != nil || !bytes.Equal(got, append(want, cborBreak)) {
			t.Fatalf("%s: %x, %v", answer, got, err)
		}
		said, refused := appendJSON(nil, got)
		if refused != nil {
			t.Fatal(refused)
		}
		in, refused := newInput(said)
		if refused != nil {
			t.Fatal(refused)
		}
		if back, given := in.millis("Timestamp"); !given || back != ms {
			t.Fatalf("%d came back as %d from %s", ms, back, said)
		}
	}
}

// FuzzCBOR sends bodies through both directions: no input may panic, what is
// taken is valid on the other side, and a second way round changes nothing.
func FuzzCBOR(f *testing.F) {
	for _, c := range javaRequests {
		body, err := hex.DecodeString(c.body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte("\xa1\x64Data\x5f\x41a\x40\x42bc\xff"))
	f.Add([]byte("\xa3\x61a\xf9\x38\x00\x61b\x39\x01\xf3\x61c\xf6"))
	f.Add(append(bytes.Repeat([]byte("\x81"), maxDepth), "\x01"...))
	f.Fuzz(func(t *testing.T, body []byte) {
		said, refused := appendJSON(nil, body)
		if refused != nil {
			return
		}
		if !json.Valid(said) {
			t.Fatalf("%x became %s", body, said)
		}
		// Names chosen by the user and times out of range exist in requests only.
		if bytes.Contains(said, []byte("Tags")) || bytes.Contains(said, []byte("Timestamp")) || bytes.Contains(said, []byte(`\`)) {
			return
		}
		first := turn(t, said)
		if second := turn(t, first); !bytes.Equal(first, second) {
			t.Errorf("%s became %s", first, second)
		}
	})
}

// turn sends JSON through CBOR.
func turn(t *testing.T, value []byte) []byte {
	body, err := appendCBOR(nil, value)
	if err != nil {
		t.Fatalf("%s: %v", value, err)
	}
	if err := cborDecoding.Wellformed(body); err != nil {
		t.Fatalf("%s became %x: %v", value, body, err)
	}
	said, refused := appendJSON(nil, body)
	if refused != nil {
		t.Fatalf("%x: %v", body, refused)
	}
	return said
}
