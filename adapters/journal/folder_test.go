package journal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/journal"
)

func TestFoldersAreFoundByNodeWhateverTheirNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a [place]*")
	for _, name := range []string{"orders", "orders[1]"} {
		for _, node := range []string{"node-0", "node-1"} {
			if err := os.MkdirAll(journal.Folder(dir, node, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		folders, err := journal.Folders(dir, name)
		if err != nil || len(folders) != 2 || folders["node-1"] != journal.Folder(dir, "node-1", name) {
			t.Errorf("%s: %v, %v", name, folders, err)
		}
	}
}
