package deadletter

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

func TestSeveralProcessesKeepLettersInOneFolder(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for p := range 4 { // all begin a file at the same moment, under the same name
		all.Go(func() {
			q, err := OpenFile(dir, Options{Now: func() time.Time { return noon }})
			if err != nil {
				t.Error(err)
				return
			}
			defer q.Close()
			for n := range 5 {
				for q.Put(t.Context(), letters(10*p+n, 10*p+n)) != nil { // a name that is taken: the next one
				}
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	if bad, err := Read(dir, func(l messages.Letter) bool { seen[l.Seq] = true; return true }); err != nil || bad != 0 || len(seen) != 20 {
		t.Errorf("%d letters and %d bad lines, %v; want 20", len(seen), bad, err)
	}
}

func TestALetterIsFoundWhereWalkSaysWithoutItsPayload(t *testing.T) {
	dir := t.TempDir()
	put(t, opened(t, dir, Options{}), letters(1, 3)...)
	n := 0
	bad, err := Walk(dir, func(w Where, head *messages.Letter) bool {
		n++
		whole, err := At(dir, w)
		if err != nil || head.Payload != nil || whole.Seq != head.Seq || !bytes.Equal(whole.Payload, letter(n).Payload) {
			t.Errorf("letter %d: %+v, %v", n, whole, err)
		}
		return true
	})
	if err != nil || bad != 0 || n != 3 {
		t.Errorf("%d letters, %d bad lines, %v", n, bad, err)
	}
}

// TestALineWithoutAPayloadIsNoLetter, as Read has it, so that it hides no other.
func TestALineWithoutAPayloadIsNoLetter(t *testing.T) {
	dir := t.TempDir()
	put(t, opened(t, dir, Options{}), letters(1, 2)...)
	damaged := ""
	for _, payload := range []string{`"!!!!"`, `"AAA"`, `"A==="`, `7`, `{}`} {
		damaged += `{"seq":"9","sub":"0","payload":` + payload + "}\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "letters-z"+suffix), []byte(damaged+`{"seq":"9","sub":"0","payload":null}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	walked := 0
	walkedBad, err := Walk(dir, func(w Where, _ *messages.Letter) bool {
		walked++
		if _, err := At(dir, w); err != nil {
			t.Error(err)
		}
		return true
	})
	read := 0
	readBad, readErr := Read(dir, func(messages.Letter) bool { read++; return true })
	if err != nil || readErr != nil || walked != 3 || read != 3 || walkedBad != 5 || readBad != 5 {
		t.Errorf("walked %d and %d bad, %v; read %d and %d bad, %v", walked, walkedBad, err, read, readBad, readErr)
	}
}

func TestAPlanIsThereAsAWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	full := errors.New("disk full")
	_, err := Create(dir, Plan{ID: "a"}, func(yield func(*Sent) error) error { return errors.Join(yield(&Sent{Seq: "1", Sub: "0"}), full) })
	if !errors.Is(err, full) {
		t.Errorf("a plan that cannot be written: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(Replays(dir), ".new-killed"), 0o700); err != nil { // killed before it was whole
		t.Fatal(err)
	}
	if plans, err := Plans(dir); err != nil || len(plans) != 0 {
		t.Errorf("plans %v, %v", plans, err)
	}
	want := Sent{Shard: "s", Seq: "12", Sub: "3", Rows: 2, NDJSON: []byte("{}\n{}\n")}
	if _, err := Create(dir, Plan{ID: "b", Table: "T", At: noon}, func(yield func(*Sent) error) error { return yield(&want) }); err != nil {
		t.Fatal(err)
	}
	plans, err := Plans(dir)
	if err != nil || len(plans) != 1 || plans[0].Table != "T" || plans[0].Outcome != nil {
		t.Fatalf("plans %+v, %v", plans, err)
	}
	r, err := plans[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := r.Next(); err != nil || fmt.Sprint(*got) != fmt.Sprint(want) {
		t.Errorf("read %+v, %v", got, err)
	}
	if err := plans[0].Finish(Outcome{At: noon, Letters: 1}); err != nil {
		t.Fatal(err)
	}
	if plans, err := Plans(dir); err != nil || plans[0].Outcome == nil || plans[0].Outcome.Letters != 1 {
		t.Errorf("after its end: %+v, %v", plans[0], err)
	}
}
