package openflow

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an export.
const (
	MaxExport = 16 << 20 // bytes; a flow definition with everything has some hundred KiB
	maxDepth  = 64
	maxFound  = 10_000
)

// Parameter is one parameter, or a processor's property of that name.
type Parameter struct {
	Name      string
	Value     string // "" = none, or not exported
	Sensitive bool
	Assets    []string // names of files that the value stands for
	property  bool     // of a processor: only known ones count
}

// Parse reads an export: the JSON of a flow definition, of a parameter context or
// of NiFi's REST API, or a list of NAME: VALUE or NAME = VALUE.
//
// Errors say what it is instead, and quote no value.
func Parse(text []byte) ([]Parameter, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch trimmed := bytes.TrimSpace(text); {
	case len(text) > MaxExport:
		return nil, fmt.Errorf("is larger than %d MiB: no export of parameters", MaxExport>>20)
	case len(trimmed) == 0:
		return nil, errors.New("is empty")
	case !utf8.Valid(text):
		return nil, errors.New("is not UTF-8")
	case trimmed[0] == '{' || trimmed[0] == '[':
		return parseJSON(trimmed)
	}
	return parseLines(text)
}

func parseJSON(text []byte) ([]Parameter, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return nil, errors.New("is not JSON, although it begins like it")
	}
	e := &export{}
	if err := e.walk(root, "", 0); err != nil {
		return nil, err
	}
	if len(e.found) == 0 {
		e.plain(root)
	}
	if len(e.found) == 0 {
		return nil, errors.New("holds no parameters: want an exported flow definition or parameter context, or lines NAME: VALUE")
	}
	return e.found, nil
}

// export collects what a document holds, in its order as far as JSON has one.
type export struct{ found []Parameter }

// walk looks for lists and maps under the names that NiFi gives them.
func (e *export) walk(v any, under string, depth int) error {
	if depth > maxDepth || len(e.found) > maxFound {
		return errors.New("is nested too deeply, or holds too much, to be an export of parameters")
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if under == "parameters" && e.parameter(item) {
				continue
			}
			if err := e.walk(item, "", depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		if under == "properties" {
			e.properties(v)
			return nil
		}
		for _, key := range sortedKeys(v) {
			if err := e.walk(v[key], key, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// parameter reads {name, value, sensitive}, as flow definitions have it, or
// {parameter: {...}}, as the REST API has it.
func (e *export) parameter(v any) bool {
	m, ok := v.(map[string]any)
	if inner, nested := m["parameter"].(map[string]any); ok && nested {
		m = inner
	}
	name, named := m["name"].(string)
	if !named || name == "" {
		return false
	}
	p := Parameter{Name: name, Value: scalar(m["value"])}
	p.Sensitive, _ = m["sensitive"].(bool)
	assets, _ := m["referencedAssets"].([]any)
	for _, asset := range assets {
		if a, ok := asset.(map[string]any); ok && scalar(a["name"]) != "" {
			p.Assets = append(p.Assets, scalar(a["name"]))
		}
	}
	e.found = append(e.found, p)
	return true
}

// properties are a processor's; one that refers to a parameter says nothing new.
func (e *export) properties(m map[string]any) {
	for _, name := range sortedKeys(m) {
		if value := scalar(m[name]); value != "" && !strings.HasPrefix(value, "#{") {
			e.found = append(e.found, Parameter{Name: name, Value: value, property: true})
		}
	}
}

// plain is {"NAME": "VALUE", ...}.
func (e *export) plain(v any) {
	m, _ := v.(map[string]any)
	for _, name := range sortedKeys(m) {
		switch m[name].(type) {
		case map[string]any, []any:
		default:
			e.found = append(e.found, Parameter{Name: name, Value: scalar(m[name])})
		}
	}
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}

// parseLines reads NAME: VALUE and NAME = VALUE. # begins a comment line.
func parseLines(text []byte) ([]Parameter, error) {
	var found []Parameter
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, MaxExport)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' || line[0] == '!' || line == "---" {
			continue
		}
		at := strings.IndexAny(line, ":=\t")
		if at <= 0 || strings.ContainsFunc(line, unicode.IsControl) && line[at] != '\t' {
			return nil, fmt.Errorf("line %d is no NAME: VALUE", n)
		}
		found = append(found, Parameter{Name: unquote(line[:at]), Value: unquote(line[at+1:])})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("holds no line NAME: VALUE")
	}
	return found, nil
}

// unquote takes one pair of quotes off.
func unquote(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}
