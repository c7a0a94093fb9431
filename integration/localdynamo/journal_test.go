package localdynamo_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// childDir makes the test binary a server on that directory, for a parent that
// kills it.
const childDir = "LOCALDYNAMO_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	server, err := localdynamo.Start(localdynamo.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(server.URL())
	select {} // until it is killed
}

func TestTablesSurviveKillMinusNine(t *testing.T) {
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	remote := &world{T: t, db: client(strings.TrimSpace(url), nil)}
	remote.withLeases()
	for i := range 20 {
		remote.put(fmt.Sprint("shard-", i%4), attrs{"n": N(fmt.Sprint(i)), "was": S("x")})
	}
	if _, err := remote.update("shard-3", "SET n = n + :one REMOVE was", "n = :n", attrs{":one": N("1"), ":n": N("19")}); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait() // says "killed", as it was

	w := newWorld(t, localdynamo.Options{Dir: dir})
	if n := len(w.server.Items(leases)); n != 4 {
		t.Errorf("%d items after the kill, want 4", n)
	}
	want := map[string]any{"streamName": "quakes", "shardId": "shard-3", "n": num("20")}
	if got := w.server.Item(leases, "quakes", "shard-3"); !reflect.DeepEqual(got, want) {
		t.Errorf("the last write answered is %v, want %v", got, want)
	}
}

func TestAHalfWrittenLineIsCutOff(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, localdynamo.Options{Dir: dir}).withLeases()
	w.put("shard-0", nil)
	w.server.Close()
	path := filepath.Join(dir, "localdynamo.journal")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(`{"Write":[{"Table":"quakes-app","Put":{"strea`)
	file.Close()

	again := newWorld(t, localdynamo.Options{Dir: dir})
	again.put("shard-1", nil)
	again.server.Close()
	if n := len(newWorld(t, localdynamo.Options{Dir: dir}).server.Items(leases)); n != 2 {
		t.Errorf("%d items, want the two whole ones", n)
	}
}

func TestADamagedJournalIsNamedWithItsLine(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, localdynamo.Options{Dir: dir}).withLeases()
	w.put("shard-0", nil)
	w.server.Close()
	path := filepath.Join(dir, "localdynamo.journal")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("{\"Create\":\n"), content...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := localdynamo.Start(localdynamo.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "localdynamo.journal line 1") {
		t.Errorf("start on a damaged journal: %v", err)
	}
}

func TestARestartForgetsDeletedTablesAndHistory(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, localdynamo.Options{Dir: dir}).withLeases()
	for range 50 {
		w.put("shard-0", attrs{"d": S(strings.Repeat("x", 1000))})
	}
	w.create("kcl-app", "leaseKey")
	w.drop("kcl-app")
	w.server.Close()
	before, _ := os.Stat(filepath.Join(dir, "localdynamo.journal"))

	again := newWorld(t, localdynamo.Options{Dir: dir})
	after, _ := os.Stat(filepath.Join(dir, "localdynamo.journal"))
	if after.Size() > before.Size()/20 {
		t.Errorf("the journal has %d bytes after the restart, %d before it", after.Size(), before.Size())
	}
	if again.server.Items("kcl-app") != nil || len(again.server.Items(leases)) != 1 {
		t.Errorf("after the restart: %v and %v", again.server.Items("kcl-app"), again.server.Items(leases))
	}
}

func TestAfterCloseNothingIsWritten(t *testing.T) {
	w := newWorld(t, localdynamo.Options{Dir: t.TempDir()}).withLeases()
	w.put("shard-0", nil)
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.update("shard-0", "SET n = :n", "", attrs{":n": N("1")}); err == nil {
		t.Error("a closed server answered")
	}
	if got := w.server.Item(leases, "quakes", "shard-0"); len(got) != 2 {
		t.Errorf("after Close the item is %v", got)
	}
}
