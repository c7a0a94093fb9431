package config

import (
	"fmt"
	"strconv"
	"strings"
)

// kind is what a node is.
type kind string

const (
	null     kind = "nothing"
	scalar   kind = "a value"
	mapping  kind = "a map"
	sequence kind = "a list"
)

// mark is a place in the file, both from 1.
type mark struct{ line, column int }

// node is one value of the file with its place. A node is read-only once its
// references are resolved: maps merged for several connectors share it.
type node struct {
	kind    kind
	tag     string // short YAML tag of a scalar as written, such as !!int
	text    string // of a scalar, references resolved
	entries []entry
	items   []*node

	at         mark
	inDefaults bool     // it stands under defaults:
	referenced bool     // it was written with a reference
	reference  []piece  // what it is put together from, where a file is part of it
	sources    []string // "env VAR", "file PATH" that gave the text; not a default
	broken     bool     // what is wrong with it was reported: nothing rests on it
}

// entry is one key of a mapping with its place.
type entry struct {
	key   string
	at    mark
	value *node
}

// get returns the entry of a key, or nil.
func (n *node) get(key string) *entry {
	if n == nil {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}

// origin says where the value came from.
func (n *node) origin(file string) string {
	switch {
	case len(n.sources) > 0:
		return strings.Join(n.sources, ", ")
	case n.kind == null:
		return "default"
	case n.inDefaults:
		return fmt.Sprintf("defaults:%d", n.at.line)
	default:
		return fmt.Sprintf("%s:%d", file, n.at.line)
	}
}

// display names the value in an error. What came from a variable or a file may
// be a secret in the wrong place, so it is not quoted.
func (n *node) display() string {
	if len(n.sources) > 0 {
		return "the value from " + strings.Join(n.sources, ", ")
	}
	return quote(n.text)
}

// maxQuoted is the longest value an error quotes. Keys and tokens are longer.
const maxQuoted = 100

func quote(text string) string {
	if len(text) > maxQuoted || strings.Contains(text, "-----") || strings.ContainsAny(text, "\r\n") {
		return "the value (not shown)"
	}
	return strconv.Quote(text)
}
