package localsnowflake_test

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// childDir names the directory that a copy of this test program serves until
// it is killed.
const childDir = "LOCALSNOWFLAKE_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		serveUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// serveUntilKilled reads the user's key from stdin and writes the URL. Once
// somebody opens a channel "stall" nothing commits any more.
func serveUntilKilled(dir string) {
	encoded, err := os.ReadFile("/dev/stdin")
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(encoded)
	key, err := x509.ParsePKCS1PublicKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	s, err := localsnowflake.Start(localsnowflake.Options{Dir: dir, CommitDelay: time.Millisecond})
	if err != nil {
		panic(err)
	}
	if err := s.RegisterUser("LOADER", "LOADER", key); err != nil {
		panic(err)
	}
	_, err = s.Catalog().CreateDatabase("DB", "LOADER", catalog.Keep)
	if err == nil {
		_, err = s.Catalog().CreateSchema("DB", "S", "LOADER", catalog.Keep)
	}
	if err == nil {
		_, _, err = s.Catalog().CreateTable(catalog.Table{Database: "DB", Schema: "S", Name: "T", Owner: "LOADER", Evolution: true}, catalog.Keep)
	}
	if err != nil {
		panic(err)
	}
	s.Faults().Set(localsnowflake.ActionOpenChannel, func(call fault.Call) fault.Effect {
		if call.Key == "stall" {
			s.StallCommits(true)
		}
		return fault.Effect{}
	})
	fmt.Println(s.URL())
	select {}
}

// remote is an account in a process of its own.
type remote struct {
	*account
	process *exec.Cmd
}

func startRemote(t *testing.T, dir string) *remote {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(os.Environ(), childDir+"="+dir)
	command.Stdin = bytes.NewReader(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&userKey().PublicKey)}))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	r := &remote{account: &account{t: t, url: strings.TrimSpace(line)}, process: command}
	r.token = r.signIn()
	return r
}

func (r *remote) kill() {
	r.t.Helper()
	must(r.t, r.process.Process.Kill()) // SIGKILL
	r.process.Wait()
}

func TestWhatWasCommittedSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	r := startRemote(t, dir)
	opened := r.open("T-STREAMING", "c", "")
	token := r.append("c", opened.next(), "1", `{"a":1,"b":"x"}`).next()
	token = r.append("c", token, "2", `{"a":2}`+"\nbroken").next()
	before := r.committed("c", "2")
	r.open("T-STREAMING", "stall", "").expect(200, "")
	r.append("c", token, "3", `{"a":3}`).expect(200, "")
	r.kill()

	a := start(t, localsnowflake.Options{Dir: dir})
	after := a.status("c")
	table, ok := a.Catalog().Table("DB", "S", "T")
	if !ok || len(table.Columns) != 2 {
		t.Fatalf("table %+v", table)
	}
	want := []string{`{"a":1,"b":"x"}`, `{"a":2}`}
	expectRows(t, a.rows(table), want...)
	if after["last_committed_offset_token"] != "2" || after["created_on_ms"] != before["created_on_ms"] ||
		number(after, "rows_inserted") != 2 || number(after, "rows_error_count") != 1 {
		t.Errorf("status before %v\nand after %v", before, after)
	}
	a.append("c", "0_4", "4", `{"a":"zombie"}`).expect(409, localsnowflake.CodeMustReopen)
	again := a.open("T-STREAMING", "c", "")
	if again.next() != "1_1" {
		t.Errorf("opening after the restart: %s", again.body)
	}
	a.append("c", "0_4", "4", `{"a":"zombie"}`).expect(400, localsnowflake.CodeStale)
	a.append("c", again.next(), "4", `{"a":4}`).expect(200, "")
	a.committed("c", "4")
	expectRows(t, a.rows(table), append(want, `{"a":4}`)...)
}

// TestTokenAndRowsAgreeAfterAKill kills while commits run: wherever that is,
// the token names the last row that is there.
func TestTokenAndRowsAgreeAfterAKill(t *testing.T) {
	dir := t.TempDir()
	r := startRemote(t, dir)
	token := r.open("T-STREAMING", "c", "").next()
	for i := range 200 {
		token = r.append("c", token, fmt.Sprint(i+1), fmt.Sprintf(`{"a":%d}`, i+1)).next()
		if i > 100 && r.status("c")["last_committed_offset_token"] != nil {
			break
		}
	}
	r.kill()

	a := start(t, localsnowflake.Options{Dir: dir})
	table, _ := a.Catalog().Table("DB", "S", "T")
	rows := a.rows(table)
	if committed := a.status("c")["last_committed_offset_token"]; committed != fmt.Sprint(len(rows)) {
		t.Errorf("token %v, but %d rows", committed, len(rows))
	}
	for i, row := range rows {
		if row != fmt.Sprintf(`{"a":%d}`, i+1) {
			t.Errorf("row %d is %s", i+1, row)
		}
	}
}

func TestARetiredSequencerSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	a := start(t, localsnowflake.Options{Dir: dir})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	a.drop("c", "").expect(200, "")
	must(t, a.Close())
	b := start(t, localsnowflake.Options{Dir: dir})
	if b.status("c") != nil || b.open("T-STREAMING", "c", "").next() != "1_1" {
		t.Error("a channel dropped before the restart is still there, or its sequencer repeats")
	}
}

func TestASecondServerOnOneDirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	start(t, localsnowflake.Options{Dir: dir})
	if s, err := localsnowflake.Start(localsnowflake.Options{Dir: dir}); err == nil {
		s.Close()
		t.Error("two servers share a directory")
	}
}
