package replay

import (
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

func TestAPayloadReachesATerminalAsCharactersAlone(t *testing.T) {
	for in, want := range map[string]string{
		"plain {\"a\":1}":  "plain {\"a\":1}",
		"\x1b[31m\r\n\t":   `\x1b[31m\r\n\t`,
		"a\xffb\x00":       `a\xffb\x00`,
		"\u202eevil\u200b": `\u202eevil\u200b`,
		"größe 日本":         "größe 日本",
		"\ufffd":           `\ufffd`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q is shown as %s, want %s", in, got, want)
		}
	}
	if got := clip(strings.Repeat("日", 5), 3); got != "日日日..." {
		t.Errorf("clipped to %q", got)
	}
}

// TestALetterOfRowsSaysSo: its payload is not what the producer put.
func TestALetterOfRowsSaysSo(t *testing.T) {
	var text strings.Builder
	all := &Inventory{Connector: "orders", Shown: []Letter{{Bytes: 1234, Preview: "{}"}, {Bytes: 1235, Rendered: true, Preview: "{}"}}}
	if err := all.Text(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "1,234 bytes  {}") || !strings.Contains(text.String(), "1,235 bytes as sent  {}") {
		t.Errorf("text:\n%s", text.String())
	}
}

// TestAPlanOffersWhatThereIsToDo, and nothing where no letter could be sent.
func TestAPlanOffersWhatThereIsToDo(t *testing.T) {
	for letters, want := range map[int64]bool{0: false, 1: true} {
		var text strings.Builder
		if err := (&LettersReport{Plan: true, Exact: true, Letters: letters, Rows: letters}).Text(&text); err != nil {
			t.Fatal(err)
		}
		if offered := strings.Contains(text.String(), "leave out --plan to send them"); offered != want {
			t.Errorf("%d letters:\n%s", letters, text.String())
		}
	}
}

// TestNothingIsComparedWithNothing: where no row was committed there is no
// disagreement to tell of.
func TestNothingIsComparedWithNothing(t *testing.T) {
	for committed, want := range map[int64]bool{0: false, 1: true} {
		var text strings.Builder
		if err := (&Report{Sums: Sums{Rows: reckoning.Rows{Committed: committed}}}).Text(&text); err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(text.String(), "do not compare"); told != want {
			t.Errorf("%d rows:\n%s", committed, text.String())
		}
	}
}

// TestAGapIsToldInOneSentence, also where nobody knows yet what comes after it.
func TestAGapIsToldInOneSentence(t *testing.T) {
	a, _, err := openAccount(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a.note("", &messages.GapDetected{Shard: "s", From: messages.Position{Seq: "4968", Sub: -1}})
	if got, want := a.Gaps["s"][0], "records expired before they were read: all after the one before 4968 and before the next one there is"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWhatIsNoRangeIsRefused(t *testing.T) {
	now := time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)
	for text, refused := range map[string]string{
		"TRIM_HORIZON 2026-10-02T12:00:00Z":         "",
		"2026-10-02T11:00:00Z 2026-10-02T12:00:00Z": "",
		"2026-10-02T11:00:00Z 2026-10-02T11:00:00Z": "nothing lies between",
		"2026-10-02T11:00:00Z 2026-10-02T12:00:01Z": "is not over yet",
		"TRIM_HORIZON TRIM_HORIZON":                 "a replay has an end",
		"12 13":                                     "name it with --shard",
		"2026-10-02T11:00:00Z 13":                   "name it with --shard",
		"12/3 13 shard":                             "",
		"13/4 13/4 shard":                           "",
		"13/4 13/3 shard":                           "nothing lies between",
		"13 13 shard":                               "",
		"14 13 shard":                               "nothing lies between",
	} {
		part := strings.Fields(text)
		from, err := ParseBound(part[0])
		if err != nil {
			t.Fatal(err)
		}
		to, err := ParseBound(part[1])
		if err != nil {
			t.Fatal(err)
		}
		r := Range{From: from, To: to}
		if len(part) == 3 {
			r.Shard = "shardId-000000000000"
		}
		switch err := r.check(now); {
		case refused == "" && err != nil, refused != "" && (err == nil || !strings.Contains(err.Error(), refused)):
			t.Errorf("%s: %v, want %q", text, err, refused)
		}
	}
	for _, text := range []string{"", "24h", "yesterday", "012", "12/x"} {
		if b, err := ParseBound(text); err == nil {
			t.Errorf("%q is taken for %s", text, b)
		}
	}
}

// TestTheBlockThatReachesTheEndIsTheShardsLast: records behind it are left out,
// whole aggregates and parts of them.
func TestTheBlockThatReachesTheEndIsTheShardsLast(t *testing.T) {
	at := time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)
	block := func() *messages.RowBlock {
		return &messages.RowBlock{NDJSON: []byte("a\nb\nc\n"), At: at.Add(time.Minute), Behind: time.Second, Marks: []messages.Mark{
			{Seq: "5", Arrival: at.UnixMilli(), End: 2, Rows: 1, Last: true},
			{Seq: "6", Arrival: at.Add(time.Second).UnixMilli(), End: 4, Rows: 1},
			{Seq: "6", Sub: 1, Arrival: at.Add(time.Second).UnixMilli(), End: 6, Rows: 1, Last: true},
		}}
	}
	for text, want := range map[string]string{
		"2026-10-02T12:00:01Z": "a\n closed",
		"2026-10-02T11:00:00Z": " closed",
		"2026-10-02T12:00:02Z": "a\nb\nc\n open",
		"6/0":                  "a\nb\n closed",
		"6":                    "a\nb\nc\n closed",
		"7":                    "a\nb\nc\n open",
	} {
		to, err := ParseBound(text)
		if err != nil {
			t.Fatal(err)
		}
		b := block()
		(&source{section: &section{span: Range{To: to}}}).cut(b)
		state := "open"
		if b.Closed {
			state = "closed"
		}
		if got := string(b.NDJSON) + " " + state; got != want {
			t.Errorf("up to %s: %q, want %q", text, got, want)
		}
	}
	idle := &messages.RowBlock{At: at}
	for text, closed := range map[string]bool{"2026-10-02T12:00:00Z": true, "2026-10-02T12:00:01Z": false, "9": true} {
		to, _ := ParseBound(text)
		b := *idle
		(&source{section: &section{span: Range{To: to}}}).cut(&b)
		if b.Closed != closed {
			t.Errorf("an answer at %s with nothing behind, up to %s: closed %v", at, text, b.Closed)
		}
	}
}
