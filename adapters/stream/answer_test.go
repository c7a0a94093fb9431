package stream

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/messages"
)

// parsed reads a body as a source does.
func parsed(body string) (*answer, error) {
	a := newAnswer()
	if err := a.read(strings.NewReader(body), int64(len(body))); err != nil {
		return nil, err
	}
	return a, a.parse()
}

func TestAnAnswerIsReadInAnyShapeThatJSONAllows(t *testing.T) {
	for _, c := range []struct{ name, body string }{
		{"compact", `{"Records":[{"SequenceNumber":"12","ApproximateArrivalTimestamp":1.762333935301E9,"Data":"e30/","PartitionKey":"k\"y"}],` +
			`"NextShardIterator":"AAA/+=","MillisBehindLatest":7,"ChildShards":[{"ShardId":"s1","ParentShards":["p"],"HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"1"}}]}`},
		{"spaced, other order, unknown members, escapes", " {\n\"ChildShards\" : [ { \"ShardId\" : \"s1\" } ] , \"Else\":[{\"a\":\"]}\\\"\"},1.5,null],\r\n" +
			"\"More\": -1e5 , \"MillisBehindLatest\" : 7.0,\t\"NextShardIterator\" : \"AAA\\/+=\", \"Records\" : [ { \"EncryptionType\":\"NONE\",\"PartitionKey\":\"k\\u0022y\"," +
			"\"Data\" : \"e30\\/\" , \"SequenceNumber\" : \"12\", \"ApproximateArrivalTimestamp\" : 1762333935.301 } ] } \n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := parsed(c.body)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.records) != 1 || a.iterator != "AAA/+=" || a.behind != 7 || !reflect.DeepEqual(a.children, []messages.ShardID{"s1"}) {
				t.Fatalf("read %+v", a)
			}
			v := a.records[0]
			data, err := appendData(nil, v.data.in(a.body))
			if err != nil || string(data) != "{}?" || string(unescape(v.key.in(a.body))) != `k"y` ||
				string(v.sequence.in(a.body)) != "12" || v.arrival != 1762333935301 {
				t.Errorf("record %s %s, data %q, error %v", c.body, unescape(v.key.in(a.body)), data, err)
			}
		})
	}
}

func TestWhatAnAnswerLeavesOutIsUnknown(t *testing.T) {
	a, err := parsed(`{"Records":[{"SequenceNumber":"1","Data":null,"PartitionKey":null,"ApproximateArrivalTimestamp":null},{"SequenceNumber":"2"}],"NextShardIterator":null}`)
	if err != nil {
		t.Fatal(err)
	}
	if a.iterator != "" || a.behind != -1 || behind(a.behind) == 0 || a.children != nil || len(a.records) != 2 {
		t.Errorf("read %+v", a)
	}
	for _, v := range a.records {
		if !v.key.absent() || v.arrival != 0 || len(v.data.in(a.body)) != 0 {
			t.Errorf("record %+v", v)
		}
	}
}

func TestAMalformedAnswerIsAnError(t *testing.T) {
	whole := `{"Records":[{"SequenceNumber":"12","Data":"e30=","PartitionKey":"k","ApproximateArrivalTimestamp":1.5E9}],"MillisBehindLatest":0,"NextShardIterator":"i"}`
	if _, err := parsed(whole); err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if _, err := parsed(whole[:n]); err == nil {
			t.Errorf("%q was taken for an answer", whole[:n])
		}
	}
	for _, body := range []string{
		"", "null", "[]", whole + "x", strings.Replace(whole, "12", "1x2", 1), strings.Replace(whole, `"12"`, `""`, 1), strings.Replace(whole, `"12"`, `"012"`, 1),
		strings.Replace(whole, `"SequenceNumber"`, `"Sequence"`, 1), strings.Replace(whole, "1.5E9", `"x"`, 1), strings.Replace(whole, "1.5E9", "1E99", 1),
		strings.Replace(whole, `:0,`, `:nul,`, 1), "{\"Records\":[{\"SequenceNumber\":\"1\n\"}]}", `{"ChildShards":{"a":1}}`, "<html>",
	} {
		if _, err := parsed(body); !errors.Is(err, errMalformed) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestABodyIsReadWholeOrNotAtAll(t *testing.T) {
	body := `{"Records":[],"Pad":"` + strings.Repeat("x", 3*bodyStep) + `"}`
	for _, c := range []struct {
		name   string
		reader io.Reader
		length int64
		want   bool
	}{
		{"with its length", strings.NewReader(body), int64(len(body)), true},
		{"chunked", strings.NewReader(body), -1, true},
		{"in small pieces", iotest.OneByteReader(strings.NewReader(body)), -1, true},
		{"end with the last bytes", iotest.DataErrReader(strings.NewReader(body)), int64(len(body)), true},
		{"cut off", strings.NewReader(body[:100]), int64(len(body)), false},
		{"broken", io.MultiReader(strings.NewReader(body), iotest.ErrReader(errors.New("reset"))), -1, false},
		{"announced too large", strings.NewReader(body), maxBody + 1, false},
		{"too large", io.LimitReader(zeros{}, maxBody+bodyStep), -1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAnswer()
			err := a.read(c.reader, c.length)
			if (err == nil) != c.want || c.want && (string(a.body) != body || a.parse() != nil) {
				t.Errorf("%d bytes, error %v", len(a.body), err)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestDataThatIsLongerUnescapedKeepsToItsRoom: the decoder writes 32 bytes at a
// time, and looks at what it reads alone for whether there is room for them.
func TestDataThatIsLongerUnescapedKeepsToItsRoom(t *testing.T) {
	text := []byte(`\/` + strings.Repeat("A", 31) + strings.Repeat("\xff", 5))
	room := base64.StdEncoding.DecodedLen(len(text))
	memory := bytes.Repeat([]byte("x"), room+32)
	if _, err := appendData(memory[:0:room], text); err == nil {
		t.Errorf("%q was taken for base64", text)
	}
	if behind := string(memory[room:]); strings.Trim(behind, "x") != "" {
		t.Errorf("behind the room is %q", behind)
	}
}

func TestTimesAreExactToTheMillisecond(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1000, "1441215410.867": 1441215410867, "1.441215410867E9": 1441215410867, "1.7623339353e+9": 1762333935300, "1762333935.3": 1762333935300,
		"17623339353E-1": 1762333935300, "1.4412154108674E9": 1441215410867, "1.4412154108675E9": 1441215410868, "-1.5": -1500, "0.0004": 0, "0.0005": 1,
		"1762333935.30000000000000000001": 1762333935300, "1e-30": 0, "123e-25": 0, "999999999999.999": 999999999999999,
	} {
		p := parser{b: append([]byte(text), guard[:]...)}
		if got := p.decimal(3); p.bad || got != want || p.i != len(text) {
			t.Errorf("%s s = %d ms (bad %v, read %d), want %d", text, got, p.bad, p.i, want)
		}
	}
}

func FuzzDecimalRoundsExactly(f *testing.F) {
	f.Add(int64(1441215410867), 3, 9)
	f.Add(int64(-5), 1, 0)
	f.Fuzz(func(t *testing.T, mantissa int64, fraction, exponent int) {
		if mantissa > 1e14 || mantissa < -1e14 || fraction < 1 || fraction > 12 || exponent < -8 || exponent > 8 {
			return
		}
		digits := fmt.Sprintf("%0*d", fraction+1, max(mantissa, -mantissa))
		text := digits[:len(digits)-fraction] + "." + digits[len(digits)-fraction:] + fmt.Sprintf("e%d", exponent)
		if mantissa < 0 {
			text = "-" + text
		}
		exact, _ := new(big.Rat).SetString(text)
		exact.Mul(exact, big.NewRat(1000, 1))
		half := big.NewRat(1, 2)
		if exact.Sign() < 0 {
			half.Neg(half)
		}
		exact.Add(exact, half)
		want := new(big.Int).Quo(exact.Num(), exact.Denom()) // towards zero
		p := parser{b: append([]byte(text), guard[:]...)}
		got := p.decimal(3)
		if want.CmpAbs(big.NewInt(1e15)) > 0 {
			return
		}
		if p.bad || got != want.Int64() {
			t.Errorf("%s s = %d ms, want %v", text, got, want)
		}
	})
}

// FuzzAnswersAgreeWithEncodingJSON reads what encoding/json writes.
func FuzzAnswersAgreeWithEncodingJSON(f *testing.F) {
	f.Add(uint64(12), "key", []byte("{}"), int64(1762333935301), "AAA/+=", "shardId-1")
	f.Add(uint64(0), "<\"\\\u2028\x00é", []byte("\xff\xff\xff"), int64(5), "", "")
	f.Add(uint64(7), "ContinuationSequenceNumber", []byte{}, int64(0), "i", "s")
	f.Fuzz(func(t *testing.T, sequence uint64, key string, data []byte, ms int64, iterator, child string) {
		type record struct {
			ApproximateArrivalTimestamp json.Number
			Data                        []byte
			PartitionKey                string
			SequenceNumber              string
		}
		ms = max(ms, -ms, 1) % 1e14
		one := record{json.Number(fmt.Sprintf("%d.%03d", ms/1000, ms%1000)), data, key, fmt.Sprint(sequence)}
		text, err := json.Marshal(map[string]any{
			"Records": []record{one, one}, "NextShardIterator": iterator, "MillisBehindLatest": ms, "ChildShards": []any{map[string]string{"ShardId": child}}, key: []any{key, nil},
		})
		if err != nil {
			t.Fatal(err)
		}
		switch key { // which is a member of the answer too, and must be one that parse skips
		case "Records", "NextShardIterator", "ContinuationSequenceNumber", "MillisBehindLatest", "ChildShards":
			return
		}
		a, err := parsed(string(text))
		if err != nil {
			t.Fatalf("%v of %s", err, text)
		}
		if len(a.records) != 2 || a.behind != ms || len(a.children) != 1 || utf8.ValidString(iterator) && a.iterator != iterator ||
			utf8.ValidString(child) && string(a.children[0]) != child {
			t.Fatalf("read %+v of %s", a, text)
		}
		for _, v := range a.records {
			got, err := appendData(nil, v.data.in(a.body))
			if err != nil || !bytes.Equal(got, data) || string(v.sequence.in(a.body)) != one.SequenceNumber || v.arrival != ms ||
				utf8.ValidString(key) && string(unescape(v.key.in(a.body))) != key {
				t.Fatalf("record %+v of %s", v, text)
			}
		}
	})
}

// FuzzNoBodyBreaksTheParser hands it anything at all.
func FuzzNoBodyBreaksTheParser(f *testing.F) {
	f.Add([]byte(`{"Records":[{"SequenceNumber":"12","Data":"e30=","PartitionKey":"k","ApproximateArrivalTimestamp":1.5E9}],"MillisBehindLatest":0,"NextShardIterator":"i"}`))
	f.Add([]byte(`{"ChildShards":[{"ShardId":"s"}],"x":{"y":["\"",null,true,-1.5e3]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := parsed(string(body))
		if err != nil {
			return
		}
		if !bytes.Equal(a.body, body) {
			t.Fatal("the body was changed")
		}
		for _, v := range a.records {
			if !messages.SequenceNumber(v.sequence.in(a.body)).Valid() {
				t.Errorf("sequence number %q", v.sequence.in(a.body))
			}
			_, _ = v.data.in(a.body), v.key.in(a.body)
		}
	})
}

func TestSequenceNumbersAreCheckedAsMessagesDoes(t *testing.T) {
	for _, s := range []string{"", "0", "00", "1", "12345678", "123456789", "1234567a", "1234567:9", "/2345678", strings.Repeat("9", 129), strings.Repeat("9", 130), "-1", "１２３４"} {
		if got, want := isSequence([]byte(s)), messages.SequenceNumber(s).Valid(); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// body is an answer of n records as the service writes it.
func body(n int, payload []byte) []byte {
	b := []byte(`{"Records":[`)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"SequenceNumber":"4959033827149025660855969253836157109592157598913%07d","ApproximateArrivalTimestamp":1.76233393%04dE9,"Data":"%s","PartitionKey":"key-%06d"}`,
			i+1, i%1000*10+1, base64.StdEncoding.EncodeToString(payload), i)
	}
	return append(b, `],"NextShardIterator":"AAAAAAAAAAF","MillisBehindLatest":0}`...)
}
