package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/messages"
)

// MaxName is how many characters an identifier may have
// (docs.snowflake.com/sql-reference/identifiers).
const MaxName = 255

// ColumnName is the name of the column that a key gets: in upper case, as
// server-side evolution names it. ok is false where the key can be none: it is
// empty, longer than MaxName, or has a control character.
func ColumnName(key string) (name string, ok bool) {
	name = messages.FoldName(key)
	ok = name != "" && utf8.ValidString(key) && utf8.RuneCountInString(name) <= MaxName && !strings.ContainsFunc(name, unicode.IsControl)
	return name, ok
}

// quote writes a name as an identifier, exactly.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
