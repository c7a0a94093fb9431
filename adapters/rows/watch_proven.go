package rows

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// proven looks at the members that were found in a payload which is one or more
// valid objects, and still as it came. It fails where the record's keys can be
// no columns.
func (w *watch) proven(payload []byte) *Unusable {
	if !w.evolves {
		return nil
	}
	if w.most > MaxKeys {
		return &Unusable{causeKeys, -1}
	}
	for i := range w.found {
		f := &w.found[i]
		end := endOfValue(payload, f.value)
		if f.at >= 0 && w.care[f.at]&careInteger != 0 {
			if d := readDecimal(payload[f.value:end]); len(d.digits) > d.exponent {
				return &Unusable{causeRounded, -1}
			}
			continue
		}
		seen, asText := sight(payload[f.value:end])
		if f.at >= 0 {
			if asText || seen.Kinds == messages.NestedValue {
				w.quotes = append(w.quotes, span{f.value, end})
			}
			continue
		}
		if seen.Kinds != messages.NullValue {
			if _, ok := messages.ColumnName(f.name); !ok {
				return &Unusable{causeName, -1}
			}
			if asText || seen.Kinds == messages.NestedValue && !w.columns.Nested() {
				w.quotes = append(w.quotes, span{f.value, end})
				seen.Kinds, seen.Digits, seen.Length = messages.TextValue, 0, end-f.value
			}
		}
		w.seen = append(w.seen, sighting{f.name, seen})
	}
	return nil
}

// sight says what a valid value is. asText: no column holds it exactly but a
// VARCHAR, of its text.
func sight(value []byte) (seen messages.KeySeen, asText bool) {
	seen.Count = 1
	switch value[0] {
	case 'n':
		seen.Kinds = messages.NullValue
	case 't', 'f':
		seen.Kinds = messages.BooleanValue
	case '"':
		seen.Kinds, seen.Length = messages.TextValue, len(value)-2
	case '{', '[':
		seen.Kinds = messages.NestedValue
	default:
		seen.Kinds, seen.Digits = numberKind(value)
		asText = seen.Kinds == 0
	}
	return seen, asText
}

// numberKind is the kind of a valid number, 0 for one that each type of number
// would change.
func numberKind(text []byte) (kind messages.ValueKinds, digits int) {
	integer := !bytes.ContainsAny(text, ".eE")
	if integer {
		digits = len(bytes.TrimPrefix(text, []byte("-")))
	}
	value, err := strconv.ParseFloat(string(text), 64)
	same := err == nil && readDecimal(strconv.AppendFloat(nil, value, 'e', -1, 64)) == readDecimal(text)
	switch {
	case !integer && same:
		return messages.FractionValue, 0
	case !integer || digits > maxDigits:
		return 0, 0
	case same:
		return messages.IntegerValue, digits
	}
	return messages.LongValue, digits
}

// maxDigits is how many digits a NUMBER holds.
const maxDigits = 38

// decimal is a number apart from how it is written.
type decimal struct {
	negative bool
	digits   string // without zeros at either end; "" = 0
	exponent int    // of 10, with the point before the digits
}

func readDecimal(text []byte) (d decimal) {
	mantissa := text
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		d.exponent, _ = strconv.Atoi(string(text[i+1:])) // what is out of range is no double either
	}
	mantissa, d.negative = bytes.CutPrefix(mantissa, []byte("-"))
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := string(whole) + string(fraction)
	significant := strings.TrimLeft(digits, "0")
	d.exponent += len(whole) - (len(digits) - len(significant))
	if d.digits = strings.TrimRight(significant, "0"); d.digits == "" {
		return decimal{}
	}
	return d
}
