package corpus

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed testdata/*.yaml
var files embed.FS

// written is a case as it is in a file.
type written struct {
	Name    string  `yaml:"name"`
	Payload *string `yaml:"payload"`
	Escaped *string `yaml:"escaped"`
	fate    `yaml:",inline"`
	Fixed   *fate `yaml:"fixed"`
}

// Load returns all cases, file by file. They are read once, and not to be
// changed. Errors name file and case.
func Load() ([]Case, error) {
	cases, err := load()
	return slices.Clone(cases), err
}

var load = sync.OnceValues(read)

func read() ([]Case, error) {
	var all []Case
	names := map[string]bool{}
	paths, err := fs.Glob(files, "testdata/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range paths {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		var list []written
		if err := decoder.Decode(&list); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, w := range list {
			c, err := w.read()
			if err == nil && names[c.Name] {
				err = fmt.Errorf("there is another one of this name")
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, w.Name, err)
			}
			names[c.Name] = true
			c.File = strings.TrimSuffix(path.Base(name), ".yaml")
			all = append(all, c)
		}
	}
	return all, nil
}

func (w written) read() (c Case, err error) {
	c.Name = w.Name
	switch {
	case (w.Payload == nil) == (w.Escaped == nil) || w.Name == "":
		return c, fmt.Errorf("give a name, and either payload or escaped")
	case w.Payload != nil:
		c.Payload = []byte(expand(*w.Payload))
	default:
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(*w.Escaped, `"`, `\"`) + `"`)
		if err != nil {
			return c, fmt.Errorf("escaped: %w", err)
		}
		c.Payload = []byte(expand(text))
	}
	if c.Evolves, err = w.fate.read(); err != nil {
		return c, err
	}
	declared := map[string]bool{}
	for _, column := range Columns() {
		declared[column.Name] = true
	}
	c.Fixed = c.Evolves.without(func(column string) bool { return !declared[column] })
	if w.Fixed != nil {
		c.Fixed, err = w.Fixed.read()
	}
	return c, err
}

var repetition = regexp.MustCompile(`(?s)<<(.+?)\*(\d+)>>`)

// expand writes repetitions out.
func expand(text string) string {
	if !strings.Contains(text, "<<") {
		return text
	}
	return repetition.ReplaceAllStringFunc(text, func(found string) string {
		parts := repetition.FindStringSubmatch(found)
		unit := parts[1]
		n, _ := strconv.Atoi(parts[2]) // digits
		if !strings.Contains(unit, "#") {
			return strings.Repeat(unit, n)
		}
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(unit, "#", strconv.Itoa(i)))
		}
		return b.String()
	})
}
