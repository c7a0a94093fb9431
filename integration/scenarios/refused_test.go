package scenarios_test

import (
	"os"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// rewrite changes the world's configuration.
func (w *world) rewrite(old, new string) {
	w.t.Helper()
	text, err := os.ReadFile(w.ConfigFile())
	if err != nil || !strings.Contains(string(text), old) {
		w.t.Fatalf("the configuration has no %q (%v)", old, err)
	}
	if err := os.WriteFile(w.ConfigFile(), []byte(strings.ReplaceAll(string(text), old, new)), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func TestAMissingTableEndsTheProcessWith69(t *testing.T) {
	w := newWorld(t, 2)
	w.rewrite(`table: "ORDERS"`, `table: "NOT_THERE"`)
	w.run(process.Options{}).ends(69)
}

func TestAMissingStreamEndsTheProcessWith69(t *testing.T) {
	w := newWorld(t, 2)
	w.rewrite(`stream: "orders"`, `stream: "not-there"`)
	w.run(process.Options{}).ends(69)
}

func TestARefusedKeyEndsTheProcessWith77(t *testing.T) {
	w := newWorld(t, 2)
	if err := os.WriteFile(w.Ready().PrivateKeyFile, rsakey.PEM(rsakey.Key(3)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(process.Options{}).ends(77)
}
