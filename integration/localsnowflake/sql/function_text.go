package sql

import (
	"strings"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var textFunctions = map[string]function{
	"UPPER":         simple(1, 1, textType, func(v []Value) (Value, error) { return upper(v[0].(string)), nil }, textType),
	"LOWER":         simple(1, 1, textType, func(v []Value) (Value, error) { return lower(v[0].(string)), nil }, textType),
	"LENGTH":        {1, 1, length},
	"LEN":           {1, 1, length},
	"OCTET_LENGTH":  simple(1, 1, countType, func(v []Value) (Value, error) { return number(int64(len(v[0].(string)))), nil }, textType),
	"SUBSTR":        simple(2, 3, textType, substr, textType, integerType),
	"SUBSTRING":     simple(2, 3, textType, substr, textType, integerType),
	"LEFT":          simple(2, 2, textType, left, textType, integerType),
	"RIGHT":         simple(2, 2, textType, right, textType, integerType),
	"TRIM":          trimmer(strings.Trim),
	"LTRIM":         trimmer(strings.TrimLeft),
	"RTRIM":         trimmer(strings.TrimRight),
	"SPLIT_PART":    simple(3, 3, textType, splitPart, textType, textType, integerType),
	"SPLIT":         simple(2, 2, arrayType, split, textType),
	"REPLACE":       simple(2, 3, textType, replace, textType),
	"CONCAT":        simple(1, -1, textType, concat, textType),
	"CONCAT_WS":     simple(2, -1, textType, concatWS, textType),
	"CONTAINS":      predicate(strings.Contains),
	"STARTSWITH":    predicate(strings.HasPrefix),
	"ENDSWITH":      predicate(strings.HasSuffix),
	"POSITION":      simple(2, 3, countType, position, textType, textType, integerType),
	"CHARINDEX":     simple(2, 3, countType, position, textType, textType, integerType),
	"LPAD":          padder(true),
	"RPAD":          padder(false),
	"REVERSE":       simple(1, 1, textType, reverse, textType),
	"REPEAT":        simple(2, 2, textType, repeat, textType, integerType),
	"REGEXP_LIKE":   simple(2, 2, booleanType, regexpLike, textType),
	"REGEXP_SUBSTR": simple(2, 2, textType, regexpSubstr, textType),
}

func length(s *scope, args []compiled) (compiled, error) {
	if args[0].typ.Name == catalog.Binary {
		return strict(countType, func(v []Value) (Value, error) { return number(int64(len(v[0].(Bytes)))), nil }, args[0]), nil
	}
	return simple(1, 1, countType, func(v []Value) (Value, error) {
		return number(int64(utf8.RuneCountInString(v[0].(string)))), nil
	}, textType).build(s, args)
}

// substr counts characters from 1, or with a negative start from the end.
func substr(v []Value) (Value, error) {
	runes := []rune(v[0].(string))
	start, ok := asInt(v[1])
	n := int64(len(runes))
	count := n
	if len(v) == 3 {
		var fits bool
		count, fits = asInt(v[2])
		ok = ok && fits
	}
	if !ok {
		return nil, runtimeError(100039, "22003", "Numeric value is out of range")
	}
	switch {
	case start < 0:
		start += n
	case start > 0:
		start--
	}
	if start < 0 || start >= n || count <= 0 {
		return "", nil
	}
	return string(runes[start:min(n, start+min(count, n))]), nil
}

func left(v []Value) (Value, error) {
	runes := []rune(v[0].(string))
	n, _ := asInt(v[1])
	return string(runes[:min(max(n, 0), int64(len(runes)))]), nil
}

func right(v []Value) (Value, error) {
	runes := []rune(v[0].(string))
	n, _ := asInt(v[1])
	return string(runes[int64(len(runes))-min(max(n, 0), int64(len(runes))):]), nil
}

func trimmer(trim func(string, string) string) function {
	return simple(1, 2, textType, func(v []Value) (Value, error) {
		cut := " "
		if len(v) == 2 {
			cut = v[1].(string)
		}
		return trim(v[0].(string), cut), nil
	}, textType)
}

// splitPart counts parts from 1, or with a negative number from the end.
func splitPart(v []Value) (Value, error) {
	parts := []string{v[0].(string)}
	if sep := v[1].(string); sep != "" {
		parts = strings.Split(v[0].(string), sep)
	}
	n, _ := asInt(v[2])
	switch {
	case n < 0:
		n += int64(len(parts))
	case n > 0:
		n--
	}
	if n < 0 || n >= int64(len(parts)) {
		return "", nil
	}
	return parts[n], nil
}

func split(v []Value) (Value, error) {
	text, separator := v[0].(string), v[1].(string)
	if err := fits(len(text) + strings.Count(text, separator)*64); err != nil { // with what holds each part
		return nil, err
	}
	var elements []JSON
	for part := range strings.SplitSeq(text, separator) {
		elements = append(elements, quoteJSON(part))
	}
	return makeArray(elements), nil
}

func replace(v []Value) (Value, error) {
	with := ""
	if len(v) == 3 {
		with = v[2].(string)
	}
	if v[1].(string) == "" {
		return v[0], nil
	}
	text, old := v[0].(string), v[1].(string)
	if err := fits(len(text) + strings.Count(text, old)*max(0, len(with)-len(old))); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(text, old, with), nil
}

func concat(v []Value) (Value, error) {
	parts := make([]string, len(v))
	for i, part := range v {
		parts[i] = part.(string)
	}
	return joined(parts, "")
}

func joined(parts []string, separator string) (Value, error) {
	if err := fitsAll(parts, len(separator)); err != nil {
		return nil, err
	}
	return strings.Join(parts, separator), nil
}

func concatWS(v []Value) (Value, error) {
	parts := make([]string, len(v)-1)
	for i := range parts {
		parts[i] = v[i+1].(string)
	}
	return joined(parts, v[0].(string))
}

func predicate(test func(s, part string) bool) function {
	return simple(2, 2, booleanType, func(v []Value) (Value, error) { return test(v[0].(string), v[1].(string)), nil }, textType)
}

func position(v []Value) (Value, error) {
	skip := int64(1)
	if len(v) == 3 {
		skip, _ = asInt(v[2])
	}
	runes := []rune(v[1].(string))
	if skip < 1 || skip > int64(len(runes))+1 {
		return number(0), nil
	}
	rest := string(runes[skip-1:])
	at := strings.Index(rest, v[0].(string))
	if at < 0 {
		return number(0), nil
	}
	return number(int64(utf8.RuneCountInString(rest[:at])) + skip), nil
}

func padder(before bool) function {
	return simple(2, 3, textType, func(v []Value) (Value, error) {
		text, pad := v[0].(string), " "
		if len(v) == 3 {
			pad = v[2].(string)
		}
		want, _ := asInt(v[1])
		want = min(max(want, 0), catalog.DefaultLength)
		has, each := int64(utf8.RuneCountInString(text)), int64(utf8.RuneCountInString(pad))
		if has >= want {
			return string([]rune(text)[:want]), nil
		}
		fill := ""
		if each > 0 {
			missing := want - has
			fill = strings.Repeat(pad, int(missing/each)) + string([]rune(pad)[:missing%each])
		}
		if before {
			return fill + text, nil
		}
		return text + fill, nil
	}, textType, integerType, textType)
}

func reverse(v []Value) (Value, error) {
	runes := []rune(v[0].(string))
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes), nil
}

func repeat(v []Value) (Value, error) {
	n, _ := asInt(v[1])
	s := v[0].(string)
	if n > 0 && int64(len(s)) > catalog.DefaultLength/n {
		return nil, runtimeError(100078, "22000", "String '%s' is too long and would be truncated", shorten(s))
	}
	return strings.Repeat(s, int(max(n, 0))), nil
}

func regexpLike(v []Value) (Value, error) {
	re, err := (&like{regexp: true}).compilePattern(v[1].(string), "")
	if err == nil {
		err = matchable(re, v[0].(string))
	}
	if err != nil {
		return nil, err
	}
	return re.MatchString(v[0].(string)), nil
}

func regexpSubstr(v []Value) (Value, error) {
	re, err := pattern(v[1], v[0])
	if err != nil {
		return nil, err
	}
	if at := re.FindStringIndex(v[0].(string)); at != nil {
		return v[0].(string)[at[0]:at[1]], nil
	}
	return nil, nil
}
