package config

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/rsakey"
)

// good is a file with the required keys and nothing else.
const good = `connectors:
  orders:
    application: kinesnow-orders
    aws:
      region: eu-west-1
    kinesis:
      stream: orders
    snowflake:
      account: MYORG-PROD
      user: KN_ORDERS
      private_key_file: /keys/sf.p8
      database: RAW
      schema: EVENTS
      table: ORDERS
`

func pkcs8PEM() string { return string(rsakey.PEM(rsakey.Key(0))) }

// world is what a file can see: variables and other files.
type world struct {
	env   map[string]string
	files map[string]string // absolute paths
	modes map[string]fs.FileMode
}

// newWorld has the key that good names.
func newWorld() world {
	return world{env: map[string]string{"HOME": "/home/me"}, modes: map[string]fs.FileMode{}, files: map[string]string{"/keys/sf.p8": pkcs8PEM(), DefaultPrivateKeyFile: pkcs8PEM()}}
}

func (w world) lookup(name string) (string, bool) {
	v, ok := w.env[name]
	return v, ok
}

func (w world) read(path string) ([]byte, error) {
	if text, ok := w.files[path]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: missing{}}
}

func (w world) stat(path string) (fs.FileInfo, error) {
	mode, ok := w.modes[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return fakeInfo{mode: mode}, nil
}

type fakeInfo struct {
	fs.FileInfo
	mode fs.FileMode
}

func (i fakeInfo) Mode() fs.FileMode { return i.mode }

// missing is ENOENT, on any system.
type missing struct{}

func (missing) Error() string        { return "no such file or directory" }
func (missing) Is(target error) bool { return target == fs.ErrNotExist }

// load loads text as the file kinesnow.yaml of the folder /etc/kinesnow.
func (w world) load(text string) (File, error) {
	const path = "/etc/kinesnow/kinesnow.yaml"
	w.files[path] = text
	return load(path, w.lookup, w.read, w.stat)
}

// mustLoad fails the test when the text does not load.
func (w world) mustLoad(t *testing.T, text string) File {
	t.Helper()
	f, err := w.load(text)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return f
}

// edit replaces the first occurrence of each old text by the new one.
func edit(text string, oldNew ...string) string {
	for i := 0; i+1 < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			panic(fmt.Sprintf("%q is not in the text to edit", oldNew[i]))
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

// lines are an error's problems without the folder of the file.
func lines(err error) []string {
	if err == nil {
		return nil
	}
	text := strings.ReplaceAll(err.Error(), "/etc/kinesnow/", "")
	return strings.Split(text, "\n")
}

func golden(name string) string { return filepath.Join("testdata", name) }
