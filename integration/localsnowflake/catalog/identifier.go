package catalog

import (
	"errors"
	"strings"
)

// ErrIdentifier means a text that is no identifier.
var ErrIdentifier = errors.New("not an identifier")

// Fold turns an identifier as written into the exact name it stands for: an
// unquoted one is upper-cased, a quoted one loses its quotes and each doubled
// quote becomes one (docs.snowflake.com/sql-reference/identifiers-syntax).
func Fold(written string) string {
	if len(written) >= 2 && written[0] == '"' && written[len(written)-1] == '"' {
		return strings.ReplaceAll(written[1:len(written)-1], `""`, `"`)
	}
	return strings.ToUpper(written)
}

// Quote writes an exact name as an identifier, with quotes only where the
// name needs them.
func Quote(name string) string {
	if plain(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func plain(name string) bool {
	for i, r := range name {
		switch {
		case r >= 'A' && r <= 'Z', r == '_':
		case i > 0 && (r >= '0' && r <= '9' || r == '$'):
		default:
			return false
		}
	}
	return name != ""
}

// SplitPath cuts a dotted name as written ("db.schema.t", with quoted parts)
// into its exact parts, at most three.
func SplitPath(written string) ([]string, error) {
	var parts []string
	rest := strings.TrimSpace(written)
	for {
		part, after, err := cutIdentifier(rest)
		if err != nil {
			return nil, err
		}
		parts = append(parts, Fold(part))
		if after == "" {
			break
		}
		if after[0] != '.' || len(parts) == 3 {
			return nil, ErrIdentifier
		}
		rest = after[1:]
	}
	return parts, nil
}

func cutIdentifier(s string) (part, rest string, err error) {
	if s == "" {
		return "", "", ErrIdentifier
	}
	if s[0] != '"' {
		end := strings.IndexByte(s, '.')
		if end < 0 {
			end = len(s)
		}
		part = s[:end]
		if !plain(strings.ToUpper(part)) {
			return "", "", ErrIdentifier
		}
		return part, s[end:], nil
	}
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		if i == 1 {
			return "", "", ErrIdentifier // ""
		}
		return s[:i+1], s[i+1:], nil
	}
	return "", "", ErrIdentifier
}
