package config

import (
	"errors"
	"reflect"
	"strconv"
	"time"
)

// decoder fills a struct of the configuration from nodes.
type decoder struct {
	everywhere []string // every path of the file or of a connector, for hints
	taken      []string // further keys of the root, decoded elsewhere
	report     func(at mark, key, text string)
	found      func(key string, at mark, n *node) // called for each known key
}

// group decodes a mapping into a struct.
func (d *decoder) group(key string, n *node, into reflect.Value) {
	if n.kind == null || n.broken {
		return
	}
	if n.kind != mapping {
		n.broken = true
		d.report(n.at, key, "must be a map of keys, not "+string(n.kind))
		return
	}
	fields := fieldsOf(into.Type())
	index := make(map[string]int, len(fields))
	var known []string
	if key == "" {
		known = append(known, d.taken...)
	}
	for _, f := range fields {
		index[f.key] = f.index
		known = append(known, f.key)
	}
	for _, e := range n.entries {
		path := join(key, e.key)
		i, ok := index[e.key]
		if !ok {
			text, near := unknownKey(e.key, known, d.everywhere)
			d.report(e.at, path, text)
			if near != "" && n.get(near) == nil {
				d.found(join(key, near), e.at, &node{broken: true}) // not missing, but misspelt
			}
			continue
		}
		target := into.Field(i)
		if isGroup(target.Type()) {
			d.found(path, e.at, e.value)
			d.group(path, e.value, target)
			continue
		}
		d.found(path, e.value.at, e.value)
		d.leaf(path, e.value, target)
	}
}

// leaf decodes one value. An empty key keeps the default.
func (d *decoder) leaf(key string, n *node, into reflect.Value) {
	if n.kind == null || n.broken {
		return
	}
	fail := func(text string) {
		n.broken = true
		d.report(n.at, key, text)
	}
	if transforms, ok := into.Addr().Interface().(*[]Transform); ok {
		if n.kind != sequence {
			fail("must be a list, not " + string(n.kind))
			return
		}
		*transforms = make([]Transform, len(n.items)) // what is in them is for a later version
		return
	}
	if n.kind != scalar {
		fail("must be a single value, not " + string(n.kind))
		return
	}
	if err := set(into, n); err != nil {
		var wrong wrongType
		if errors.As(err, &wrong) {
			fail(err.Error())
			return
		}
		fail(n.display() + " " + err.Error())
	}
}

// wrongType is an error about what a value is; the value itself is not worth quoting.
type wrongType string

func (w wrongType) Error() string { return string(w) }

// set converts a scalar to the type of the field.
func set(into reflect.Value, n *node) error {
	var err error
	switch v := into.Addr().Interface().(type) {
	case *Bytes:
		*v, err = ParseBytes(n.text)
	case *time.Duration:
		*v, err = parseDuration(n.text)
	case *InitialPosition:
		*v, err = ParseInitialPosition(n.text)
	case *int:
		*v, err = parseInt(n)
	default:
		if c, ok := into.Interface().(choice); ok {
			into.SetString(canonical(n.text, c.choices()))
			return nil // whether it is one of them is for Validate
		}
		if n.tag == "!!bool" && !n.referenced {
			return wrongType("must be text; put it in quotes")
		}
		into.SetString(n.text)
	}
	return err
}

func parseInt(n *node) (int, error) {
	v, err := strconv.Atoi(n.text)
	if err != nil {
		return 0, errors.New("is not a whole number")
	}
	if n.tag == "!!str" && !n.referenced {
		return 0, wrongType("must be a whole number without quotes")
	}
	return v, nil
}
