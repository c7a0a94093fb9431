package warehouse

import (
	"maps"
	"slices"
	"strings"
)

// baseOf gives the names of a type that mean the same one name.
var baseOf = map[string]string{
	"STRING": "VARCHAR", "TEXT": "VARCHAR", "CHAR": "VARCHAR", "INT": "NUMBER", "INTEGER": "NUMBER", "BIGINT": "NUMBER",
	"LONG": "NUMBER", "DECIMAL": "NUMBER", "NUMERIC": "NUMBER",
}

// objectFields reads the fields of a structured OBJECT, as DESC TABLE shows its
// type, and the base of their types. nil is a plain OBJECT, or a
// text that is not understood. They are by name in upper case: whether DESC
// TABLE keeps the case they were written in is not documented.
func objectFields(typ string) map[string]string {
	r := copyReader{text: typ, tokens: scanCopy(typ)}
	if !r.take("OBJECT", "(") {
		return nil
	}
	fields := map[string]string{}
	for {
		name, base := r.peek(), copyToken{}
		if r.at++; r.at < len(r.tokens) {
			base = r.peek()
		}
		if name.kind != copyWord && name.kind != copyQuoted || base.kind != copyWord {
			return nil
		}
		text := strings.ToUpper(base.text)
		if known, ok := baseOf[text]; ok {
			text = known
		}
		fields[strings.ToUpper(name.text)] = text
		r.skipTo(",")
		switch {
		case r.take(","):
		case r.take(")"):
			return fields
		default:
			return nil
		}
	}
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
