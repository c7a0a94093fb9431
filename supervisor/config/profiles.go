package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// profiles are the connections that Snowflake's own tools know on this machine.
type profiles struct {
	path    string // of the file
	tables  map[string]map[string]any
	trouble string // instead of all that: why there are none
}

func (p *profiles) names() []string { return slices.Sorted(maps.Keys(p.tables)) }

// home is the user's home folder as the tools see it; "" = unknown.
func (l *loader) home() string {
	home, _ := l.env("HOME")
	profile, _ := l.env("USERPROFILE")
	return cmp.Or(home, profile)
}

// profileFolders are where Snowflake's tools look, in their order (Snowflake
// CLI, "Configuring Snowflake CLI"): SNOWFLAKE_HOME or else ~/.snowflake, then
// the system's place for configurations.
func (l *loader) profileFolders() []string {
	home := l.home()
	under := func(folder string, names ...string) string {
		if folder == "" {
			return ""
		}
		return filepath.Join(append([]string{folder}, names...)...)
	}
	first, _ := l.env("SNOWFLAKE_HOME")
	if rest, tilde := strings.CutPrefix(first, "~/"); tilde {
		first = under(home, rest)
	}
	xdg, _ := l.env("XDG_CONFIG_HOME")
	folders := []string{cmp.Or(first, under(home, ".snowflake")), cmp.Or(under(xdg, "snowflake"), under(home, ".config", "snowflake"))}
	switch runtime.GOOS {
	case "darwin":
		folders = append(folders, under(home, "Library", "Application Support", "snowflake"))
	case "windows":
		local, _ := l.env("LOCALAPPDATA")
		folders = append(folders, under(local, "snowflake"))
	}
	return slices.DeleteFunc(folders, func(folder string) bool { return folder == "" })
}

// findProfiles reads the first file there is. In a folder connections.toml
// goes before config.toml, whose connections then do not count.
func (l *loader) findProfiles() *profiles {
	folders := l.profileFolders()
	if len(folders) == 0 {
		return &profiles{trouble: "there is no folder to look for connections.toml in: neither HOME nor SNOWFLAKE_HOME is set"}
	}
	for _, folder := range folders {
		for _, name := range []string{"connections.toml", "config.toml"} {
			path := filepath.Join(folder, name)
			text, err := l.read(path)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue
			case err != nil:
				return &profiles{trouble: path + " cannot be read: " + reason(err)}
			}
			return l.readProfiles(path, text)
		}
	}
	return &profiles{trouble: "no connections.toml or config.toml in " + strings.Join(folders, " or ") + "; SNOWFLAKE_HOME can name its folder"}
}

// readProfiles takes [NAME] of a connections.toml, and [connections.NAME] of
// either. No error holds text of the file, which is full of secrets.
func (l *loader) readProfiles(path string, text []byte) *profiles {
	if trouble := l.permissions(path); trouble != "" {
		return &profiles{trouble: trouble}
	}
	var all map[string]any
	if err := toml.Unmarshal(text, &all); err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return &profiles{trouble: fmt.Sprintf("%s:%d is not TOML", path, at.Position.Line)}
		}
		return &profiles{trouble: path + " is not TOML"}
	}
	p := &profiles{path: path, tables: map[string]map[string]any{}}
	take := func(tables map[string]any) {
		for name, v := range tables {
			if table, ok := v.(map[string]any); ok && name != "connections" {
				p.tables[name] = table
			}
		}
	}
	if filepath.Base(path) == "connections.toml" {
		take(all)
	}
	if nested, ok := all["connections"].(map[string]any); ok {
		take(nested)
	}
	if len(p.tables) == 0 {
		p.trouble = path + " holds no connection"
	}
	return p
}

// permissions judges who else can get at a file of secrets, as Snowflake's
// drivers do: who can write it is refused, who can read it is warned of.
func (l *loader) permissions(path string) (trouble string) {
	info, err := l.stat(path)
	if err != nil || runtime.GOOS == "windows" {
		return ""
	}
	skip, _ := l.env("SF_SKIP_WARNING_FOR_READ_PERMISSIONS_ON_CONFIG_FILE")
	switch mode := info.Mode().Perm(); {
	case mode&0o022 != 0:
		return fmt.Sprintf("%s can be written by others (mode %04o); chmod 0600 %s", path, mode, path)
	case mode&0o044 != 0 && !strings.EqualFold(skip, "true"):
		l.warnings = append(l.warnings, fmt.Sprintf("%s can be read by others (mode %04o); chmod 0600 %s", path, mode, path))
	}
	return ""
}

// statFunc is os.Stat, or a test's.
type statFunc func(path string) (os.FileInfo, error)
