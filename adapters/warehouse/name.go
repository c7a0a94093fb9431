package warehouse

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameLength is Snowflake's limit for an identifier, in characters.
const MaxNameLength = 255

// Quote writes an exact name as an identifier: always in double quotes, inner
// quotes doubled. It is the only way a name gets into a statement here.
func Quote(name string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("a name is required")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fmt.Errorf("%q holds a control character or is not UTF-8", clip(name, 80))
	case utf8.RuneCountInString(name) > MaxNameLength:
		return "", fmt.Errorf("%q is longer than %d characters", clip(name, 80), MaxNameLength)
	}
	return quoted(name), nil
}

// FullName is a table's full name as a statement takes it. Names that Snowflake takes
// for none come out as they are, in quotes: what follows is for people.
func FullName(database, schema, table string) string {
	text := ""
	for i, name := range []string{database, schema, table} {
		if i > 0 {
			text += "."
		}
		text += quoted(clip(name, MaxNameLength))
	}
	return text
}

// path quotes a name inside the configured database and schema.
func (w *Warehouse) path(name string) (string, error) {
	quoted, err := Quote(name)
	if err != nil {
		return "", err
	}
	return w.scope + "." + quoted, nil
}

// pattern is a LIKE pattern that matches at least name. Whatever could mean
// something in a literal or a pattern becomes the wildcard for one character;
// who uses it picks the exact name from the answer.
func pattern(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, name)
}

// clip keeps a text short, on one line and printable.
func clip(text string, most int) string {
	runes := []rune(text[:min(len(text), 4*most)])
	for i, r := range runes {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			runes[i] = ' '
		}
	}
	if len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return string(runes)
}
