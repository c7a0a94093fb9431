package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hear returns what a log finds wrong with a text that comes in small pieces.
func hear(t *testing.T, text string) []string {
	t.Helper()
	log, err := newChildLog(filepath.Join(t.TempDir(), "p0.log"), "p0", []string{"MIIEvQ", valueMark, "eyJ"})
	if err != nil {
		t.Fatal(err)
	}
	for piece := text; piece != ""; {
		n := min(5, len(piece))
		if _, err := log.Write([]byte(piece[:n])); err != nil {
			t.Fatal(err)
		}
		piece = piece[n:]
	}
	kept, err := os.ReadFile(log.file.Name())
	if err != nil || string(kept) != text {
		t.Errorf("the file holds %q, %v", kept, err)
	}
	return log.close()
}

func TestAQuietLogIsFine(t *testing.T) {
	if got := hear(t, `{"level":"info","msg":"kinesnow runs"}`+"\n"+`{"level":"warn","err":"connection reset","msg":"goroutine 5 waits"}`+"\n"); got != nil {
		t.Errorf("%q", got)
	}
}

func TestALogTellsOnItsProcess(t *testing.T) {
	for name, text := range map[string]string{
		"panics":           "panic: assignment to entry in nil map\n",
		"dies":             "fatal error: all goroutines are asleep\n",
		"recovers from it": `{"level":"error","err":"runtime error: invalid memory address or nil pointer dereference"}` + "\n",
		"shows a key":      `{"msg":"the key is MIIEvQIBADAN"}` + "\n",
		"shows a value":    `{"msg":"row","v":"` + value(3) + `"}` + "\n",
		"shows a token":    `{"err":"Bearer eyJhbGciOiJSUzI1NiJ9"}` + "\n",
		"floods":           strings.Repeat(`{"level":"warn","msg":"again"}`+"\n", 3*busyLines),
	} {
		if got := hear(t, text); len(got) == 0 {
			t.Errorf("a log that %s is fine", name)
		}
	}
}

func TestHalfALineOfAKilledProcessIsNoPartOfTheNext(t *testing.T) {
	log, err := newChildLog(filepath.Join(t.TempDir(), "p0.log"), "p0", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"pan", "ic: not at all\n"} {
		log.begin()
		if _, err := log.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if got := log.close(); got != nil {
		t.Errorf("%q", got)
	}
}
