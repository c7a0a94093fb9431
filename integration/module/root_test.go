package module_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/module"
)

func TestTheRootIsWhereGoModIs(t *testing.T) {
	dir, err := module.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || !strings.HasPrefix(string(text), "module "+module.Path+"\n") {
		t.Errorf("%s: %.80s, %v", dir, text, err)
	}
}

func TestOutsideOfTheModuleThereIsNoRoot(t *testing.T) {
	t.Chdir(t.TempDir())
	if dir, err := module.Root(t.Context()); err == nil || !strings.Contains(err.Error(), "run this inside the source") {
		t.Errorf("found %q, %v", dir, err)
	}
}
