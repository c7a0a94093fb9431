package sql

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var patternFunctions = map[string]function{
	"REGEXP_REPLACE": simple(2, 3, textType, regexpReplace, textType),
	"REGEXP_COUNT":   simple(2, 2, countType, regexpCount, textType),
	"REGEXP_INSTR":   simple(2, 2, countType, regexpInstr, textType),
	"INITCAP":        simple(1, 1, textType, initcap, textType),
	"TRANSLATE":      simple(3, 3, textType, translate, textType),
	"ASCII":          simple(1, 1, integerType, ascii, textType),
	"CHR":            simple(1, 1, textType, chr, integerType),
	"CHAR":           simple(1, 1, textType, chr, integerType),
	"SPACE":          simple(1, 1, textType, func(v []Value) (Value, error) { return repeat([]Value{" ", v[0]}) }, integerType),
}

// pattern compiles a regular expression. Its syntax is RE2's, which is what the
// service's has in common with others: no look-ahead, no back references.
// text is what it will look at.
func pattern(v, text Value) (*regexp.Regexp, error) {
	re, err := bounded(v.(string))
	if err != nil {
		return nil, err
	}
	return re, matchable(re, text.(string))
}

// groupReference is \1 in a replacement.
var groupReference = regexp.MustCompile(`\\(\d)`)

func regexpReplace(v []Value) (Value, error) {
	re, err := pattern(v[1], v[0])
	if err != nil {
		return nil, err
	}
	with := ""
	if len(v) == 3 {
		with = groupReference.ReplaceAllString(strings.ReplaceAll(v[2].(string), "$", "$$"), "$${$1}")
	}
	text := v[0].(string)
	if most := len(text) * (1 + 2*len(with)); most > maxValue { // \1 may be as long as what it is in
		found := len(re.FindAllStringIndex(text, maxValue/len(with)+1))
		if err := fits(len(text)*(1+strings.Count(with, "${")) + found*len(with)); err != nil {
			return nil, err
		}
	}
	return re.ReplaceAllString(text, with), nil
}

func regexpCount(v []Value) (Value, error) {
	re, err := pattern(v[1], v[0])
	if err != nil {
		return nil, err
	}
	return number(int64(len(re.FindAllStringIndex(v[0].(string), -1)))), nil
}

func regexpInstr(v []Value) (Value, error) {
	re, err := pattern(v[1], v[0])
	if err != nil {
		return nil, err
	}
	text := v[0].(string)
	at := re.FindStringIndex(text)
	if at == nil {
		return number(0), nil
	}
	return number(int64(utf8.RuneCountInString(text[:at[0]])) + 1), nil
}

// initcap begins each word with a capital letter.
func initcap(v []Value) (Value, error) {
	start := true
	return strings.Map(func(r rune) rune {
		was := start
		start = !unicode.IsLetter(r) && !unicode.IsDigit(r)
		if was {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, v[0].(string)), nil
}

// translate replaces single characters; those without a partner go.
func translate(v []Value) (Value, error) {
	to := []rune(v[2].(string))
	partners := map[rune]rune{}
	for i, r := range []rune(v[1].(string)) {
		if _, ok := partners[r]; ok {
			continue
		}
		partners[r] = -1
		if i < len(to) {
			partners[r] = to[i]
		}
	}
	return strings.Map(func(r rune) rune {
		if p, ok := partners[r]; ok {
			return p
		}
		return r
	}, v[0].(string)), nil
}

func ascii(v []Value) (Value, error) {
	r, size := utf8.DecodeRuneInString(v[0].(string))
	if size == 0 {
		return number(0), nil
	}
	return number(int64(r)), nil
}

func chr(v []Value) (Value, error) {
	n, ok := asInt(v[0])
	if !ok || n < 0 || n > unicode.MaxRune || !utf8.ValidRune(rune(n)) {
		return nil, runtimeError(100047, "22023", "Invalid character code %s in the CHR input", textOf(v[0]))
	}
	return string(rune(n)), nil
}
