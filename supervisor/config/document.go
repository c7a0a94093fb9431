package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	maxDepth = 32     // the configuration itself is 5 deep
	maxNodes = 50_000 // aliases counted as often as they are used
)

// document turns YAML into nodes.
type document struct {
	report func(at mark, key, text string)
	nodes  int
	full   bool // maxNodes was reported
}

// parse returns the root mapping, or nil when the text yields none.
func (d *document) parse(text []byte) *node {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root yaml.Node
	if err := decoder.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			d.report(mark{1, 1}, "", "the file is empty; it needs connectors:")
			return nil
		}
		d.syntax(err, text)
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		d.report(mark{max(second.Line, 1), max(second.Column, 1)}, "", "a second document begins here; put everything into one")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err, text)
	}
	n := d.node(root.Content[0], "", 0)
	switch n.kind {
	case mapping:
		return n
	case null:
		d.report(mark{1, 1}, "", "the file is empty; it needs connectors:")
	default:
		d.report(n.at, "", "the file must be a map of keys, not "+string(n.kind))
	}
	return nil
}

// syntax reports what the parser says. Its messages hold no text of the file
// but the name of an unknown anchor, which may be a password beginning with *.
func (d *document) syntax(err error, text []byte) {
	at, message := mark{1, 1}, err.Error()
	var fault *yaml.LoadError
	if errors.As(err, &fault) {
		message = fault.Message
		if fault.Mark.Line > 0 {
			at = mark{fault.Mark.Line, max(fault.Mark.Column, 1)}
		}
	}
	if strings.Contains(message, "anchor") {
		message = "an alias (*name) without its anchor (&name); put text that begins with * or & in quotes"
	}
	lines := strings.Split(string(text), "\n")
	if at.line <= len(lines) && strings.Contains(lines[at.line-1], "${") {
		message += `; inside { } and [ ] put references in quotes: "${VAR}"`
	}
	d.report(at, "", "not YAML: "+message)
}

func (d *document) node(y *yaml.Node, key string, depth int) *node {
	n := &node{kind: null, at: mark{y.Line, y.Column}}
	if d.nodes++; d.nodes > maxNodes || depth > maxDepth {
		if !d.full {
			d.full = true
			d.report(n.at, key, "is nested too deeply or repeated too often")
		}
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		aliased := d.node(y.Alias, key, depth+1)
		aliased.at = n.at
		return aliased
	case yaml.MappingNode:
		n.kind = mapping
		n.entries = d.entries(y, key, depth)
	case yaml.SequenceNode:
		n.kind = sequence
		for i, item := range y.Content {
			n.items = append(n.items, d.node(item, fmt.Sprintf("%s[%d]", key, i), depth+1))
		}
	default:
		d.scalar(n, y, key)
	}
	return n
}

func (d *document) scalar(n *node, y *yaml.Node, key string) {
	switch tag := y.ShortTag(); tag {
	case "!!null":
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
		n.kind, n.tag, n.text = scalar, tag, y.Value
	default:
		n.broken = true
		d.report(n.at, key, "has a YAML tag that is not used here; remove what begins with !")
	}
}

// entries reads the pairs of a mapping. Merged maps (<<) yield to its own keys.
func (d *document) entries(y *yaml.Node, key string, depth int) []entry {
	var own, merged []entry
	places := map[string]int{} // in own
	for i := 0; i+1 < len(y.Content) && !d.full; i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		at := mark{k.Line, k.Column}
		if k.ShortTag() == "!!merge" {
			merged = append(merged, d.merged(v, key, depth)...)
			continue
		}
		if k.Kind != yaml.ScalarNode {
			d.report(at, key, "a key must be plain text")
			continue
		}
		path := join(key, k.Value)
		if first, twice := places[k.Value]; twice {
			d.report(at, path, fmt.Sprintf("is here twice; the first is in line %d", own[first].at.line))
			own[first].value.broken = true // nobody knows which of the two is meant
			continue
		}
		places[k.Value] = len(own)
		own = append(own, entry{key: k.Value, at: at, value: d.node(v, path, depth+1)})
	}
	for _, e := range merged {
		if _, known := places[e.key]; !known {
			places[e.key] = len(own)
			own = append(own, e)
		}
	}
	return own
}

func (d *document) merged(v *yaml.Node, key string, depth int) []entry {
	n := d.node(v, key, depth+1)
	switch n.kind {
	case mapping:
		return n.entries
	case sequence:
		var all []entry
		for _, item := range n.items {
			all = append(all, item.entries...)
		}
		return all
	}
	d.report(n.at, key, "<< takes a map, such as *name")
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
