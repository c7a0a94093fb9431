package messages

import (
	"strings"
	"testing"
	"time"
)

const shard = ShardID("shardId-000000000003")

// TestTokensHaveTheTextThatP2Names pins the text: a released token is read
// back for years.
func TestTokensHaveTheTextThatP2Names(t *testing.T) {
	seq := SequenceNumber("49590338271490256608559692538361571095921575989136588898")
	for _, c := range []struct {
		token Token
		text  string
	}{
		{Token{Position{seq, 0}, 1700000000123, shard}, "1.49590338271490256608559692538361571095921575989136588898.0.1700000000123.shardId-000000000003"},
		{Token{Position{seq, Whole}, 1700000000123, shard}, "1.49590338271490256608559692538361571095921575989136588898.*.1700000000123.shardId-000000000003"},
		{Token{Position{"0", 17}, 0, shard}, "1.0.17.0.shardId-000000000003"},
		{Token{Position{"12", 3}, 5, "shardId-a.b"}, "1.12.3.5.shardId-a.b"},
	} {
		if got := c.token.String(); got != c.text {
			t.Errorf("written as %q, want %q", got, c.text)
		}
		if got, err := ParseToken(c.text, c.token.Shard); err != nil || got != c.token {
			t.Errorf("%q is read as %+v, %v; want %+v", c.text, got, err, c.token)
		}
	}
}

// TestTheLongestTokenFitsWithRoomToSpare: every part at its longest.
func TestTheLongestTokenFitsWithRoomToSpare(t *testing.T) {
	token := Token{Position{SequenceNumber(strings.Repeat("9", MaxSequenceDigits)), 1<<62 - 1}, 1<<63 - 1, shard}
	text := token.String()
	if len(text) > MaxTokenBytes {
		t.Fatalf("%d bytes, at most %d", len(text), MaxTokenBytes)
	}
	if got, err := ParseToken(text, shard); err != nil || got != token {
		t.Errorf("read back as %+v, %v", got, err)
	}
}

// TestATextThatIsNotOursNeverBecomesAPosition is the strictness of P2.
func TestATextThatIsNotOursNeverBecomesAPosition(t *testing.T) {
	for why, text := range map[string]string{
		"empty":                    "",
		"another version":          "2.5.0.0.shardId-000000000003",
		"no version":               "5.0.0.shardId-000000000003",
		"version with a zero":      "01.5.0.0.shardId-000000000003",
		"another shard":            "1.5.0.0.shardId-000000000004",
		"a longer shard":           "1.5.0.0.shardId-0000000000033",
		"shard in another case":    "1.5.0.0.SHARDID-000000000003",
		"no shard":                 "1.5.0.0.",
		"no sequence number":       "1..0.0.shardId-000000000003",
		"leading zero":             "1.05.0.0.shardId-000000000003",
		"a sign":                   "1.-5.0.0.shardId-000000000003",
		"no sub-sequence number":   "1.5..0.shardId-000000000003",
		"sub with a leading zero":  "1.5.00.0.shardId-000000000003",
		"a negative sub":           "1.5.-1.0.shardId-000000000003",
		"sub written as its value": "1.5.9223372036854775807.0.shardId-000000000003",
		"two stars":                "1.5.**.0.shardId-000000000003",
		"no arrival":               "1.5.0..shardId-000000000003",
		"arrival with a zero":      "1.5.0.01.shardId-000000000003",
		"a negative arrival":       "1.5.0.-1.shardId-000000000003",
		"too large an arrival":     "1.5.0.9223372036854775808.shardId-000000000003",
		"a space before":           " 1.5.0.0.shardId-000000000003",
		"a space behind":           "1.5.0.0.shardId-000000000003 ",
		"a line end":               "1.5.0.0.shardId-000000000003\n",
		"other separators":         "1|5|0|0|shardId-000000000003",
		"130 digits":               "1." + strings.Repeat("9", MaxSequenceDigits+1) + ".0.0.shardId-000000000003",
		"a number alone":           "49590338271490256608559692538361571095921575989136588898",
		"longer than 200 bytes":    "1.5.0.0.shardId-000000000003" + strings.Repeat("x", MaxTokenBytes),
	} {
		token, err := ParseToken(text, shard)
		if err == nil {
			t.Errorf("%s: %q was read as %+v", why, text, token)
			continue
		}
		if !token.IsZero() {
			t.Errorf("%s: an error and a position: %+v", why, token)
		}
		if len(err.Error()) > 300 {
			t.Errorf("%s: the error quotes %d bytes", why, len(err.Error()))
		}
	}
}

// TestA201ByteTokenIsRefusedOfItsShardToo: the limit holds for long shard ids.
func TestA201ByteTokenIsRefusedOfItsShardToo(t *testing.T) {
	for _, c := range []struct {
		length int
		ok     bool
	}{{MaxTokenBytes, true}, {MaxTokenBytes + 1, false}} {
		id := ShardID(strings.Repeat("s", c.length-len("1.5.0.0.")))
		_, err := ParseToken("1.5.0.0."+string(id), id)
		if (err == nil) != c.ok {
			t.Errorf("%d bytes: %v", c.length, err)
		}
	}
}

func TestAnUnknownArrivalIsNoTime(t *testing.T) {
	if got := (Token{}).ArrivedAt(); !got.IsZero() {
		t.Errorf("arrived at %s", got)
	}
	if got, want := (Token{Arrival: 1500}).ArrivedAt(), time.UnixMilli(1500).UTC(); !got.Equal(want) {
		t.Errorf("arrived at %s, want %s", got, want)
	}
}

func FuzzATokenThatIsReadIsWrittenTheSame(f *testing.F) {
	f.Add("1.5.0.0.shardId-000000000003")
	f.Add("1.5.*.1700000000123.shardId-000000000003")
	f.Add("1.05.*.1.shardId-000000000003")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := ParseToken(text, shard)
		if err != nil {
			return
		}
		if got := token.String(); got != text {
			t.Fatalf("%q was read and is written as %q", text, got)
		}
		if token.Shard != shard || !token.Seq.Valid() || len(text) > MaxTokenBytes {
			t.Fatalf("%q was read as %+v", text, token)
		}
	})
}
