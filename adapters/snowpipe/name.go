package snowpipe

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameBytes bounds a database, schema, pipe or channel name. For
// identifiers it is Snowflake's limit of 255 characters; for channel names,
// where none is documented, it is ours.
const MaxNameBytes = 255

// streamingSuffix ends the name of every default pipe.
const streamingSuffix = "-STREAMING"

// elastic is the reserved name of the channel that keeps no order.
const elastic = "ELASTIC"

// DefaultPipe returns the exact name of the pipe that Snowflake keeps for the
// table of that exact name.
func DefaultPipe(table string) string { return table + streamingSuffix }

// PathName returns an exact name as it travels in a path: a plain upper-case
// identifier as it is, any other in double quotes, inner quotes doubled. So
// ORDERS stays ORDERS, and orders becomes "orders".
func PathName(exact string) string {
	if plain(exact) {
		return exact
	}
	return `"` + strings.ReplaceAll(exact, `"`, `""`) + `"`
}

// PipePathName is PathName for pipes. A default pipe is quoted as its table
// is: ORDERS-STREAMING travels as it is although it holds a hyphen, and that
// of the table orders is "orders-STREAMING" (Snowflake's own client does so).
func PipePathName(exact string) string {
	if table, ok := strings.CutSuffix(exact, streamingSuffix); ok && plain(table) {
		return exact
	}
	return PathName(exact)
}

// plain reports whether name needs no quotes: a letter or underscore in upper
// case, then letters, digits, underscores and dollar signs.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z', c == '_':
		case i > 0 && (c >= '0' && c <= '9' || c == '$'):
		default:
			return false
		}
	}
	return name != ""
}

// checkName refuses what can be no exact name.
func checkName(field, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%s: is required", field)
	case len(name) > MaxNameBytes:
		return fmt.Errorf("%s: %d bytes, at most %d", field, len(name), MaxNameBytes)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("%s: %q holds a control character or is not UTF-8", field, name)
	}
	return nil
}

// checkChannel refuses what can be no channel of ours. "." and ".." would be
// another path; ELASTIC is a channel without order or tokens.
func checkChannel(name string) error {
	if err := checkName("channel", name); err != nil {
		return err
	}
	if name == "." || name == ".." || strings.EqualFold(name, elastic) {
		return fmt.Errorf("channel: %q is reserved; choose another name", name)
	}
	return nil
}

// pipePath is the path of a pipe below /v2/streaming/ or /v2/streaming/data/.
func pipePath(database, schema, pipe string) string {
	return "databases/" + url.PathEscape(PathName(database)) +
		"/schemas/" + url.PathEscape(PathName(schema)) +
		"/pipes/" + url.PathEscape(PipePathName(pipe))
}
