package demo

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

func TestOnlyAnEarlierDemosFolderIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	for range 2 { // made, then replaced
		if err := claimDir(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "old"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := claimDir(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "old")); !os.IsNotExist(err) {
		t.Errorf("what was in it is still there: %v", err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "thesis"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var usage *UsageError
	if err := claimDir(other); !errors.As(err, &usage) {
		t.Errorf("a stranger's folder: %v", err)
	}
	if _, err := os.Stat(filepath.Join(other, "thesis")); err != nil {
		t.Error(err)
	}
}

func TestAFolderInUseIsLeftAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	if err := claimDir(dir); err != nil {
		t.Fatal(err)
	}
	cloud, err := localcloud.Start(localcloud.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	var usage *UsageError
	if err := claimDir(dir); !errors.As(err, &usage) {
		t.Errorf("error %v", err)
	}
}
