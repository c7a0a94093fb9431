package localdynamo

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// maxPlaceholder is the longest placeholder, in bytes. Amazon DynamoDB
// Developer Guide, "Quotas".
const maxPlaceholder = 255

// placeholders are the request members that expressions refer to.
type placeholders struct {
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]json.RawMessage
}

// scope resolves the placeholders of one request's expressions and remembers
// which of them were used.
type scope struct {
	names      map[string]string
	values     map[string]value
	usedNames  map[string]bool
	usedValues map[string]bool
}

// scope checks the placeholders' own form. present tells whether the request
// has an expression at all; takers are the labels of those that could use values.
func (h placeholders) scope(present bool, takers ...string) (*scope, error) {
	s := &scope{names: h.ExpressionAttributeNames, values: map[string]value{}, usedNames: map[string]bool{}, usedValues: map[string]bool{}}
	if !present && h.ExpressionAttributeNames != nil {
		return nil, invalid("ExpressionAttributeNames can only be specified when using expressions")
	}
	if !present && h.ExpressionAttributeValues != nil {
		verb := "is"
		if len(takers) > 1 {
			verb = "are"
		}
		return nil, invalid("ExpressionAttributeValues can only be specified when using expressions: %s %s null", strings.Join(takers, " and "), verb)
	}
	if err := h.checkNames(); err != nil {
		return nil, err
	}
	if h.ExpressionAttributeValues != nil && len(h.ExpressionAttributeValues) == 0 {
		return nil, invalid("ExpressionAttributeValues must not be empty")
	}
	for _, key := range slices.Sorted(maps.Keys(h.ExpressionAttributeValues)) {
		if !isPlaceholder(key, ':') {
			return nil, invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: \"%s\"", key)
		}
		if len(key) > maxPlaceholder {
			return nil, invalid("ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long;")
		}
		v, err := parseValue(h.ExpressionAttributeValues[key], 0)
		if err != nil {
			f := asFailure(err)
			if f.code == "ValidationException" {
				f = invalid("ExpressionAttributeValues contains invalid value: %s for key %s", f.message, key)
			}
			return nil, f
		}
		s.values[key] = v
	}
	return s, nil
}

func (h placeholders) checkNames() error {
	if h.ExpressionAttributeNames != nil && len(h.ExpressionAttributeNames) == 0 {
		return invalid("ExpressionAttributeNames must not be empty")
	}
	for _, key := range slices.Sorted(maps.Keys(h.ExpressionAttributeNames)) {
		switch {
		case !isPlaceholder(key, '#'):
			return invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"%s\"", key)
		case len(key) > maxPlaceholder:
			return invalid("ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; size of key: %d", len(key))
		case h.ExpressionAttributeNames[key] == "":
			return invalid("ExpressionAttributeNames contains invalid value: Empty attribute name for key %s", key)
		}
	}
	return nil
}

func isPlaceholder(key string, mark byte) bool {
	return len(key) > 1 && key[0] == mark && wordLength(key[1:]) == len(key)-1
}

// checkUsed refuses placeholders that no expression refers to.
func (s *scope) checkUsed() error {
	if unused := without(s.names, s.usedNames); len(unused) > 0 {
		return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", strings.Join(unused, ", "))
	}
	if unused := without(s.values, s.usedValues); len(unused) > 0 {
		return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", strings.Join(unused, ", "))
	}
	return nil
}

func without[V any](all map[string]V, used map[string]bool) []string {
	var left []string
	for key := range all {
		if !used[key] {
			left = append(left, key)
		}
	}
	slices.Sort(left)
	return left
}

// resolvePath replaces the #names of a path, in place.
func (s *scope) resolvePath(label string, way path) error {
	for i, st := range way {
		switch {
		case st.isIndex:
		case st.name[0] == '#':
			name, ok := s.names[st.name]
			if !ok {
				return invalid("Invalid %s: An expression attribute name used in the document path is not defined; attribute name: %s", label, st.name)
			}
			s.usedNames[st.name] = true
			way[i].name = name
		case isReserved(st.name):
			return invalid("Invalid %s: Attribute name is a reserved keyword; reserved keyword: %s", label, st.name)
		}
	}
	return nil
}

// resolveOperand resolves an operand and its arguments, in place.
func (s *scope) resolveOperand(label string, o *operand) error {
	switch {
	case o.placeholder != "":
		v, ok := s.values[o.placeholder]
		if !ok {
			return invalid("Invalid %s: An expression attribute value used in expression is not defined; attribute value: %s", label, o.placeholder)
		}
		s.usedValues[o.placeholder] = true
		o.value = v
	case o.path != nil:
		return s.resolvePath(label, o.path)
	}
	for _, arg := range o.args {
		if err := s.resolveOperand(label, arg); err != nil {
			return err
		}
	}
	return nil
}
