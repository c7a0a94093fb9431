package config

import (
	"fmt"
	"reflect"
	"strings"
)

// finding is one problem of a checked value, not yet placed in a file.
type finding struct {
	key    string // within the connector, or within the file
	value  string // the value at fault; text continues after it
	quoted bool   // value counts
	text   string
	with   []string // further keys the finding rests on
}

// problem renders the finding where the value is the host's own.
func (f finding) problem(root string) Problem {
	text := f.text
	if f.quoted {
		text = quote(f.value) + " " + text
	}
	return Problem{Key: join(root, f.key), Text: text}
}

type findings []finding

// says adds a sentence that needs no value.
func (fs *findings) says(key, format string, args ...any) *finding {
	*fs = append(*fs, finding{key: key, text: fmt.Sprintf(format, args...)})
	return &(*fs)[len(*fs)-1]
}

// rejects adds a sentence that begins with the value.
func (fs *findings) rejects(key, value, format string, args ...any) {
	fs.says(key, format, args...)
	last := &(*fs)[len(*fs)-1]
	last.value, last.quoted = value, true
}

// requires adds a finding when a value is missing.
func (fs *findings) requires(key, value, what string) bool {
	if value == "" {
		fs.says(key, "is required: %s", what)
		return false
	}
	return true
}

// choices checks every value out of a fixed list below a struct, and that what
// a later version brings is empty.
func (fs *findings) choices(v reflect.Value, under string) {
	for _, f := range fieldsOf(v.Type()) {
		value, key := v.Field(f.index), join(under, f.key)
		if isGroup(value.Type()) {
			fs.choices(value, key)
			continue
		}
		if text, isLater := laterKeys[key]; isLater && value.Len() > 0 {
			fs.says(key, "%s", text)
		}
		if c, ok := value.Interface().(choice); ok {
			fs.choice(key, value, c)
		}
	}
}

func (fs *findings) choice(key string, value reflect.Value, c choice) {
	var now, soon []string
	known, postponed := false, false
	for _, text := range c.choices() {
		isLater := later[reflect.ValueOf(text).Convert(value.Type()).Interface()]
		if isLater {
			soon = append(soon, text)
		} else {
			now = append(now, text)
		}
		if text == value.String() {
			known, postponed = true, isLater
		}
	}
	switch {
	case postponed:
		fs.rejects(key, value.String(), "comes with a later version; use %s", either(now))
	case !known && len(soon) > 0:
		fs.rejects(key, value.String(), "is not allowed; use %s (a later version adds %s)", either(now), strings.Join(soon, ", "))
	case !known:
		fs.rejects(key, value.String(), "is not allowed; use %s", either(now))
	}
}

// either joins words as in "a, b or c".
func either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
