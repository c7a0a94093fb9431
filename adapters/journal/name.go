package journal

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// maxNameBytes bounds a stream's folder name; most file systems take 255.
const maxNameBytes = 200

// folderName writes a stream's name as a folder's.
func folderName(stream string) (string, error) {
	var b strings.Builder
	for i := range len(stream) {
		switch c := stream[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if stream == "" || b.Len() > maxNameBytes {
		return "", fmt.Errorf("stream %.80q: a name has 1 to %d bytes, escaped", stream, maxNameBytes)
	}
	return b.String(), nil
}

// listStreams returns the names of the streams that a folder holds, sorted.
// What is no stream's folder is passed over.
func listStreams(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name, err := url.PathUnescape(e.Name())
		if err != nil || !e.IsDir() {
			continue
		}
		if folder, err := folderName(name); err == nil && folder == e.Name() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
