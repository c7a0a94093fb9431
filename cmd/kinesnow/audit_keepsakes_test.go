package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/supervisor/audit"
)

func wantFindings(t *testing.T, r *audit.Report, want ...string) {
	t.Helper()
	if got := findingsOf(r); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// TestErrorRowsThatWereDeletedAreMissed: rejected rows are no loss as long as
// they are kept.
func TestErrorRowsThatWereDeletedAreMissed(t *testing.T) {
	w := newSite(t)
	w.work(1)
	w.putRaw(0, `{"N":"no number"}`)
	w.putRaw(0, `{"N":100}`)
	w.putRaw(1, `{"N":"no number either"}`)
	if code, stdout, _ := w.types("run", "--until-caught-up"); code != exitFindings || !strings.Contains(stdout, "rejected 2") {
		t.Errorf("run exits with %d: %s", code, stdout)
	}
	text, r := w.audits(exitFine)
	if s := r.Sums; s.Rejected != 2 || *s.ErrorTable != 2 || *s.Table != 11 || !strings.Contains(text, "rows in ERROR_TABLE 2   ok") {
		t.Errorf("%+v\n%s", s, text)
	}
	w.execute("TRUNCATE ERROR_TABLE("+w.table+")", -1)
	text, r = w.audits(exitFindings)
	wantFindings(t, r, "0 ERROR_ROWS 1", "1 ERROR_ROWS 1")
	if !strings.Contains(text, "rows in ERROR_TABLE 0   DIFFERS") || !strings.Contains(text, "Snowflake rejected 1 row, the error table has 0 of them") {
		t.Errorf("%s", text)
	}
}

func TestADeadLetterThatWasRemovedIsMissed(t *testing.T) {
	w := newSite(t)
	w.configure("    deadletter: {to: file}\n")
	w.putRaw(0, `not JSON`)
	w.putRaw(0, `[]`)
	w.work(1)
	text, r := w.audits(exitFine)
	if s := r.Sums; s.Read != 12 || s.Discarded != 2 || *s.Letters != 2 || !strings.Contains(text, "dead letters on file 2   ok") {
		t.Errorf("%+v\n%s", s, text)
	}
	files, err := filepath.Glob(filepath.Join(w.dataDir(), "deadletter", "orders", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	letters, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(letters), "\n")
	if err := os.WriteFile(files[0], []byte(first+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, r = w.audits(exitFindings)
	wantFindings(t, r, "0 DEAD_LETTERS 1")
	if !strings.Contains(text, "2 records were discarded, 1 dead letters are on file") {
		t.Errorf("%s", text)
	}
}

// TestLettersThatAPolicyDidNotKeepAreLeftOutByWhatAuditSays: the connector
// discarded, and keeps letters since.
func TestLettersThatAPolicyDidNotKeepAreLeftOutByWhatAuditSays(t *testing.T) {
	w := newSite(t)
	w.putRaw(0, `not JSON`)
	w.work(1)
	w.configure("    deadletter: {to: file}\n")
	w.putRaw(0, `[]`)
	w.work(1)
	text, r := w.audits(exitFindings)
	wantFindings(t, r, "0 DEAD_LETTERS 1")
	since := r.Shards[0].Findings[0].Since.Format(time.RFC3339Nano)
	if !strings.Contains(strings.Join(strings.Fields(text), " "), "discarded before deadletter.to was file; kinesnow audit orders --since "+since+" leaves them out") {
		t.Errorf("%s", text)
	}
	text, r = w.audits(exitFine, "--since", since)
	if s := r.Sums; s.Discarded != 1 || *s.Letters != 1 || !strings.Contains(text, "dead letters on file 1   ok") {
		t.Errorf("%+v\n%s", s, text)
	}
}

// TestAWindowLeavesOlderRowsAlone: --since judges what was accepted since, and
// says so; without it the older fault is found.
func TestAWindowLeavesOlderRowsAlone(t *testing.T) {
	w := newSite(t)
	w.work(1)
	since := time.Now().UTC().Format(time.RFC3339Nano)
	w.work(1)
	w.execute("DELETE FROM T WHERE N = 3", 1)
	text, r := w.audits(exitFine, "--since", since)
	if s := r.Sums; s.Committed != 10 || *s.Table != 10 || !strings.HasPrefix(text, "audit of orders, accepted since ") {
		t.Errorf("%+v\n%s", s, text)
	}
	_, r = w.audits(exitFindings, "--until", since)
	wantFindings(t, r, "0 MISSING 1")
	w.execute("DELETE FROM T WHERE N = 13", 1)
	_, r = w.audits(exitFindings, "--since", since)
	wantFindings(t, r, "0 MISSING 1")
	_, r = w.audits(exitFindings)
	wantFindings(t, r, "0 MISSING 1", "0 MISSING 1")
}

// TestRowsOfOneRecordAreCountedByPosition: records of several rows each make it
// right that a position is there several times, but not that another is not.
func TestRowsOfOneRecordAreCountedByPosition(t *testing.T) {
	w := newSite(t)
	for range 3 {
		w.putRaw(0, `[{"N":1},{"N":2}]`)
	}
	w.catchUp()
	if _, r := w.audits(exitFine); r.Sums.Read != 3 || r.Sums.Committed != 6 {
		t.Errorf("%+v", r.Sums)
	}
	first := w.text("SELECT MIN(KINESISMETADATA:sequenceNumber::STRING) FROM T ")
	last := w.text("SELECT MAX(KINESISMETADATA:sequenceNumber::STRING) FROM T ")
	w.execute("INSERT INTO T SELECT * FROM T WHERE KINESISMETADATA:sequenceNumber::STRING = '"+last+"'", 2)
	w.execute("DELETE FROM T WHERE KINESISMETADATA:sequenceNumber::STRING = '"+first+"'", 2)
	text, r := w.audits(exitFindings)
	if s := r.Sums; s.Missing == 0 || *s.Table != 6 {
		t.Errorf("%+v\n%s", s, text)
	}
}

func TestAuditOfWhatNeverRanSaysSo(t *testing.T) {
	w := newSite(t)
	code, stdout, stderr := w.types("audit")
	if code != exitUnreachable || stdout != "" || !strings.Contains(stderr, "check application and region, or let run create it") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	code, _, stderr = w.types("audit", "--since", "yesterday")
	if code != exitUsage || !strings.Contains(stderr, "--since") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	code, _, stderr = w.types("history", "orders/0")
	if code != exitFailure || !strings.Contains(stderr, "no node has a journal of connector orders") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}
