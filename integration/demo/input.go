package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// earthquakes is a week of events of the U.S. Geological Survey's feed, with
// nulls and fields that are now an integer and now a fraction. Public domain.
//
//go:embed earthquakes.ndjson
var earthquakes []byte

const (
	maxInputBytes = 512 << 20
	maxLineBytes  = 900 << 10 // leaves room for the counter in a record of 1 MiB
)

// input is the lines that are put again and again, each time under another
// number.
type input struct {
	name    string // of the number's key
	lines   []line
	columns []column
}

// line is one object.
type line struct {
	text []byte                     // from '{' to '}'
	key  string                     // partition key
	want map[string]json.RawMessage // by column name, upper case; null members are left out
}

// readInput reads the user's file, or the earthquakes. Errors are *UsageError
// and name the line.
func readInput(path string) (*input, error) {
	if path == "" {
		return parseInput("earthquakes", earthquakes)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &UsageError{"--input: " + err.Error()}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxInputBytes+1))
	switch {
	case err != nil:
		return nil, &UsageError{"--input: " + err.Error()}
	case len(text) > maxInputBytes:
		return nil, &UsageError{fmt.Sprintf("--input %s: is larger than %d MiB; give a part of it, --records repeats it", path, maxInputBytes>>20)}
	}
	return parseInput(path, text)
}

func parseInput(path string, text []byte) (*input, error) {
	in := &input{}
	columns := columnSet{}
	number := 0
	for raw := range bytes.Lines(text) {
		number++
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 {
			continue
		}
		l, err := parseLine(raw, columns)
		if err != nil {
			return nil, &UsageError{fmt.Sprintf("%s line %d: %v", path, number, err)}
		}
		if l.key == "" {
			l.key = "line-" + strconv.Itoa(number)
		}
		in.lines = append(in.lines, l)
	}
	if len(in.lines) == 0 {
		return nil, &UsageError{path + ": holds no line; give one JSON object per line"}
	}
	in.name = "n"
	for columns[strings.ToUpper(in.name)] != 0 {
		in.name += "_"
	}
	in.columns = columns.declared()
	return in, nil
}

// parseLine reads one object and notes what its members are.
func parseLine(raw []byte, columns columnSet) (line, error) {
	l := line{text: raw, want: map[string]json.RawMessage{}}
	switch {
	case len(raw) > maxLineBytes:
		return l, fmt.Errorf("is longer than %d KiB", maxLineBytes>>10)
	case raw[0] != '{' || !json.Valid(raw):
		return l, fmt.Errorf("is no JSON object")
	case !utf8.Valid(raw):
		return l, fmt.Errorf("is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		return l, err
	}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return l, err
		}
		key, _ := token.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return l, err
		}
		name := strings.ToUpper(key)
		switch {
		case key == "" || strings.ContainsAny(key, "\"\x00"):
			return l, fmt.Errorf("key %q cannot be a column's name", key)
		case seen[name]:
			return l, fmt.Errorf("key %q is there twice; columns are matched in any case", key)
		case name == "KINESISMETADATA":
			return l, fmt.Errorf("key %q is the connector's own", key)
		}
		seen[name] = true
		columns.note(name, value)
		if string(value) != "null" {
			l.want[name] = value
		}
		if name == "ID" && value[0] == '"' && len(value) <= 128 {
			_ = json.Unmarshal(value, &l.key)
		}
	}
	return l, nil
}

// record is the n-th record's bytes: the line with its number in front.
func (in *input) record(dst []byte, n int) []byte {
	text := in.line(n).text
	dst = append(dst, `{"`...)
	dst = append(dst, in.name...)
	dst = append(dst, `":`...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	if rest[0] != '}' {
		dst = append(dst, ',')
	}
	return append(dst, rest...)
}

// column is the one of the number.
func (in *input) column() string { return strings.ToUpper(in.name) }

// line is what the n-th record repeats.
func (in *input) line(n int) *line { return &in.lines[n%len(in.lines)] }
