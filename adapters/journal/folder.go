package journal

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Folder is where a node keeps a connector's journal under a data_dir.
func Folder(dataDir, node, connector string) string {
	return filepath.Join(dataDir, node, "journal", connector)
}

// Folders are the journals that a connector's nodes keep under a data_dir, by
// node.
func Folders(dataDir, connector string) (map[string]string, error) {
	found, err := filepath.Glob(Folder(literal.Replace(dataDir), "*", literal.Replace(connector)))
	if err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	folders := make(map[string]string, len(found))
	for _, folder := range found {
		folders[filepath.Base(filepath.Dir(filepath.Dir(folder)))] = folder
	}
	return folders, nil
}

// literal keeps a name from being read as a pattern.
var literal = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`)
