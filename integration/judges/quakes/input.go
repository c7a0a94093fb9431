package quakes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// input is the earthquake file.
type input struct {
	lines []line
	size  int
}

// line is one record: its bytes as they are in the file, without the newline.
type line struct {
	text    []byte
	key     string // partition key: the network that reported it
	counter int    // how many lines with this key came before
	members []member
}

// member is one key with the exact text of its value.
type member struct {
	name string
	raw  json.RawMessage
}

// null reports that the member says nothing.
func (m member) null() bool { return string(m.raw) == "null" }

// get finds a member; nil when there is none.
func (l *line) get(name string) json.RawMessage {
	for _, m := range l.members {
		if m.name == name {
			return m.raw
		}
	}
	return nil
}

func readInput(path string) (*input, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	in := &input{size: len(text)}
	counters := map[string]int{}
	for i, one := range bytes.Split(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\n'}) {
		l, err := parseLine(one)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, i+1, err)
		}
		if err := json.Unmarshal(l.get("net"), &l.key); err != nil {
			return nil, fmt.Errorf("%s, line %d: net: %w", path, i+1, err)
		}
		l.counter = counters[l.key]
		counters[l.key]++
		in.lines = append(in.lines, l)
	}
	return in, nil
}

// parseLine takes an object apart without touching its values.
func parseLine(text []byte) (line, error) {
	l := line{text: text}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return l, fmt.Errorf("no object: %v, %w", t, err)
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return l, err
		}
		m := member{name: name.(string)} // keys of an object are nothing else
		if err := decoder.Decode(&m.raw); err != nil {
			return l, err
		}
		l.members = append(l.members, m)
	}
	_, err := decoder.Token()
	return l, err
}

// keys lists the partition keys, sorted.
func (in *input) keys() []string {
	var keys []string
	for i := range in.lines {
		if in.lines[i].counter == 0 {
			keys = append(keys, in.lines[i].key)
		}
	}
	slices.Sort(keys)
	return keys
}
