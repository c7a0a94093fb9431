package localkinesis

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// input holds the members of a request and gathers what is wrong with them.
// The service reports a value of the wrong type at once, and up to ten broken
// constraints together.
type input struct {
	path       string // of a nested structure, e.g. "shardFilter."
	values     map[string][]byte
	violations *[]string
	mistyped   **Error
}

func newInput(body []byte) (*input, *Error) {
	in := &input{violations: new([]string), mistyped: new(*Error)}
	return in, in.fill(body)
}

func (in *input) fill(object []byte) *Error {
	in.values = map[string][]byte{}
	err := members(object, func(name, value []byte) error {
		if string(value) != "null" {
			in.values[string(name)] = value
		}
		return nil
	})
	if err != nil {
		return serialization("%v", err)
	}
	return nil
}

// err is the refusal that the members read so far have earned, or nil.
func (in *input) err() *Error {
	n := len(*in.violations)
	switch {
	case *in.mistyped != nil:
		return *in.mistyped
	case n == 1:
		return refusal("ValidationException", "1 validation error detected: %s", (*in.violations)[0])
	case n > 1:
		return refusal("ValidationException", "%d validation errors detected: %s", n, strings.Join(*in.violations, "; "))
	}
	return nil
}

// rule constrains a text or a number. A bound of 0 is none.
type rule struct {
	required bool
	min, max int // characters of a text, or value of a number
	pattern  *regexp.Regexp
	among    []string
}

var (
	namePattern     = regexp.MustCompile(`^(?:[a-zA-Z0-9_.-]+)$`)
	arnPattern      = regexp.MustCompile(`^(?:arn:aws.*:kinesis:.*:\d{12}:stream/\S+)$`)
	hashKeyPattern  = regexp.MustCompile(`^(?:0|([1-9]\d{0,38}))$`)
	sequencePattern = regexp.MustCompile(`^(?:0|([1-9]\d{0,128}))$`)

	nameRule    = rule{min: 1, max: 128, pattern: namePattern} // of streams and shards
	arnRule     = rule{min: 1, max: 2048, pattern: arnPattern}
	hashKeyRule = rule{pattern: hashKeyPattern}
)

// must makes a rule's member mandatory.
func must(r rule) rule {
	r.required = true
	return r
}

// text returns a string member, "" when absent.
func (in *input) text(name string, r rule) string {
	raw, ok := in.values[name]
	if !ok {
		in.checkPresence(name, r)
		return ""
	}
	if raw[0] != '"' {
		in.wrongType(raw, "String")
		return ""
	}
	text, err := unquote(raw)
	if err != nil {
		in.refuse(serialization("%v", err))
		return ""
	}
	length := utf8.RuneCountInString(text)
	switch {
	case r.pattern != nil && !r.pattern.MatchString(text):
		in.violate(name, text, "Member must satisfy regular expression pattern: "+patternText(r.pattern))
	case len(r.among) > 0 && !slices.Contains(r.among, text):
		in.violate(name, text, "Member must satisfy enum value set: ["+strings.Join(r.among, ", ")+"]")
	}
	if length < r.min {
		in.violate(name, text, fmt.Sprint("Member must have length greater than or equal to ", r.min))
	}
	if r.max > 0 && length > r.max {
		in.violate(name, text, fmt.Sprint("Member must have length less than or equal to ", r.max))
	}
	return text
}

// number returns an integer member; given is false when it is absent.
func (in *input) number(name string, r rule) (value int, given bool) {
	raw, ok := in.values[name]
	if !ok {
		in.checkPresence(name, r)
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		in.wrongType(raw, "Integer")
		return 0, false
	}
	value = int(max(min(f, 1<<31-1), -1<<31))
	if value < r.min {
		in.violate(name, strconv.Itoa(value), fmt.Sprint("Member must have value greater than or equal to ", r.min))
	}
	if r.max > 0 && value > r.max {
		in.violate(name, strconv.Itoa(value), fmt.Sprint("Member must have value less than or equal to ", r.max))
	}
	return value, true
}

// millis returns a timestamp member, sent as seconds, in ms since the epoch.
func (in *input) millis(name string) (ms int64, given bool) {
	raw, ok := in.values[name]
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		in.refuse(serialization("class java.lang.String can not be converted to milliseconds since epoch"))
		return 0, false
	}
	return roundMillis(f), true
}

// truth returns a boolean member, false when absent.
func (in *input) truth(name string) bool {
	raw, ok := in.values[name]
	if ok && string(raw) != "true" && string(raw) != "false" {
		in.wrongType(raw, "Boolean")
	}
	return string(raw) == "true"
}

// nested returns a structure member, nil when absent.
func (in *input) nested(name string) *input {
	raw, ok := in.values[name]
	if !ok {
		return nil
	}
	child := &input{path: in.path + lowerFirst(name) + ".", violations: in.violations, mistyped: in.mistyped}
	if raw[0] != '{' {
		in.refuse(serialization("Expected null"))
	} else if err := child.fill(raw); err != nil {
		in.refuse(err)
	}
	return child
}

func (in *input) has(name string) bool { return in.values[name] != nil }

func (in *input) checkPresence(name string, r rule) {
	if r.required {
		in.report("Value null at '" + in.path + lowerFirst(name) + "' failed to satisfy constraint: Member must not be null")
	}
}

func (in *input) violate(name, value, constraint string) {
	in.report("Value '" + value + "' at '" + in.path + lowerFirst(name) + "' failed to satisfy constraint: " + constraint)
}

func (in *input) report(text string) {
	if len(*in.violations) < 10 {
		*in.violations = append(*in.violations, text)
	}
}

func (in *input) refuse(err *Error) {
	if *in.mistyped == nil {
		*in.mistyped = err
	}
}

// wrongType words a mismatch as the service's Java does.
func (in *input) wrongType(raw []byte, want string) { in.refuse(wrongType(raw, want)) }

func wrongType(raw []byte, want string) *Error {
	article := "an"
	if want == "Blob" {
		article = "a"
	}
	switch raw[0] {
	case '{':
		return serialization("Start of structure or map found where not expected.")
	case '[':
		return serialization("Start of list found where not expected")
	case '"':
		return serialization("class java.lang.String can not be converted to %s %s", article, want)
	case 't', 'f':
		return serialization("class java.lang.Boolean can not be converted to %s %s", article, want)
	}
	return serialization("class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to %s %s", article, want)
}

func patternText(p *regexp.Regexp) string {
	return strings.TrimSuffix(strings.TrimPrefix(p.String(), "^(?:"), ")$")
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
