package config

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Print writes the merged configuration as YAML. Behind each value stands where
// it came from: default, FILE:LINE, defaults:LINE, env VAR or file PATH.
// Secrets are redacted. With secrets put back, what it writes loads to the same File.
func (f File) Print(w io.Writer) error {
	type row struct{ text, origin string }
	var rows []row
	widest := 0
	f.walk(func(v value) {
		text := strings.Repeat("  ", v.depth) + v.name + ":"
		if v.leaf {
			text += " " + yamlText(v.v)
			if width := utf8.RuneCountInString(text); width <= maxColumn {
				widest = max(widest, width)
			}
		}
		rows = append(rows, row{text, v.origin})
	})
	out := bufio.NewWriter(w)
	for _, r := range rows {
		if r.origin == "" {
			fmt.Fprintln(out, r.text)
			continue
		}
		fmt.Fprintf(out, "%-*s  # %s\n", widest, r.text, r.origin)
	}
	return out.Flush()
}

// maxColumn is where the column of comments stops giving way to long values.
const maxColumn = 72

// PrintJSON writes the same as one JSON object: "file", the path; "config", the
// keys as in the file with sizes and durations as text; "origins", from each
// dotted key to where its value came from.
func (f File) PrintJSON(w io.Writer) error {
	origins := map[string]string{}
	config := map[string]any{}
	groups := []map[string]any{config}
	f.walk(func(v value) {
		groups = groups[:v.depth+1]
		if v.leaf {
			groups[v.depth][v.name] = jsonValue(v.v)
			if v.origin != "" {
				origins[v.key] = v.origin
			}
			return
		}
		group := map[string]any{}
		groups[v.depth][v.name] = group
		groups = append(groups, group)
	})
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(map[string]any{"file": f.path, "config": config, "origins": origins})
}

// value is one key on the walk through a File, before the keys below it.
type value struct {
	key, name string // dotted and alone
	depth     int
	leaf      bool
	v         reflect.Value // of a leaf
	origin    string        // of a leaf; empty without Load
}

// walk visits every key in the order of the structs, connectors by name.
func (f File) walk(visit func(value)) {
	f.walkGroup(reflect.ValueOf(f), "", 0, visit)
}

func (f File) walkGroup(group reflect.Value, under string, depth int, visit func(value)) {
	for _, fd := range fieldsOf(group.Type()) {
		v, key := group.Field(fd.index), join(under, fd.key)
		switch {
		case isGroup(v.Type()):
			visit(value{key: key, name: fd.key, depth: depth})
			f.walkGroup(v, key, depth+1, visit)
		case fd.key == "connectors":
			visit(value{key: key, name: fd.key, depth: depth})
			for _, name := range f.Names() {
				visit(value{key: key + "." + name, name: name, depth: depth + 1})
				f.walkGroup(reflect.ValueOf(f.Connectors[name]), key+"."+name, depth+2, visit)
			}
		default:
			visit(value{key: key, name: fd.key, depth: depth, leaf: true, v: v, origin: f.origin(key)})
		}
	}
}

func (f File) origin(key string) string {
	if f.origins == nil {
		return ""
	}
	if origin, ok := f.origins[key]; ok {
		return origin
	}
	return "default"
}

// plain is text that YAML reads as the same text without quotes.
var plain = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./@-]*$`)

// yamlText writes a leaf as a YAML scalar.
func yamlText(v reflect.Value) string {
	text, quotable := leafText(v)
	if !quotable {
		return text
	}
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "y", "n":
		return strconv.Quote(text)
	}
	if plain.MatchString(text) {
		return text
	}
	var quoted strings.Builder // JSON's strings are YAML's
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(strings.ReplaceAll(text, "${", "$${")); err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSuffix(quoted.String(), "\n")
}

// leafText is a leaf's text and whether it may need quotes.
func leafText(v reflect.Value) (text string, quotable bool) {
	switch v := v.Interface().(type) {
	case []Transform:
		return "[]", false
	case int:
		return strconv.Itoa(v), false
	case Bytes:
		return v.String(), false
	case time.Duration:
		return formatDuration(v), false
	case InitialPosition:
		return v.String(), false
	case fmt.Stringer: // Secret and ProxyURL hide what they hold
		return v.String(), true
	}
	return v.String(), true
}

func jsonValue(v reflect.Value) any {
	switch v := v.Interface().(type) {
	case []Transform:
		return []any{}
	case int:
		return v
	}
	text, _ := leafText(v)
	return text
}
