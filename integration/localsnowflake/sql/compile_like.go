package sql

import (
	"math"
	"regexp"
	"strings"
)

func calculateFloat(op string, a, b float64) (Value, error) {
	switch op {
	case "+":
		return a + b, nil
	case "-":
		return a - b, nil
	case "*":
		return a * b, nil
	}
	if b == 0 {
		return nil, runtimeError(100051, "22012", "Division by zero")
	}
	if op == "/" {
		return a / b, nil
	}
	return math.Mod(a, b), nil
}

// like compiles LIKE, ILIKE and RLIKE. The pattern of the row before is kept
// ready: nearly always it is the same.
func (s *scope) like(n *like) (compiled, error) {
	args := []expression{n.x, n.pattern}
	if n.escape != nil {
		args = append(args, n.escape)
	}
	var parts []compiled
	for _, a := range args {
		c, err := s.compileAs(a, textType)
		if err != nil {
			return compiled{}, err
		}
		parts = append(parts, c)
	}
	var last string
	var ready *regexp.Regexp
	var most int // bytes of a text that are known not to be too many
	return strict(booleanType, func(v []Value) (Value, error) {
		escape := ""
		if len(v) == 3 {
			escape = v[2].(string)
		}
		source := v[1].(string)
		if ready == nil || source != last {
			re, err := n.compilePattern(source, escape)
			if err != nil {
				return nil, err
			}
			last, ready, most = source, re, surely(re)
		}
		if text := v[0].(string); len(text) > most {
			if err := matchable(ready, text); err != nil {
				return nil, err
			}
			most = len(text)
		}
		return ready.MatchString(v[0].(string)) != n.not, nil
	}, parts...), nil
}

func (n *like) compilePattern(pattern, escape string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, runtimeError(100048, "2201B", "Invalid regular expression: '%s', it has more than %d bytes", shorten(pattern), maxPattern)
	}
	source := pattern
	if !n.regexp {
		source = likeSource(pattern, escape)
	}
	flags := "(?s)"
	if n.fold {
		flags = "(?is)"
	}
	re, err := regexp.Compile(flags + `\A(?:` + source + `)\z`)
	if err != nil {
		return nil, runtimeError(100048, "2201B", "Invalid regular expression: '%s', %s", shorten(pattern), err)
	}
	return re, nil
}

// likeSource writes a LIKE pattern as a regular expression.
func likeSource(pattern, escape string) string {
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case escape != "" && string(r) == escape:
			escaped = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}
