package localdynamo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxNesting is how many lists and maps may enclose a value. Amazon DynamoDB
// Developer Guide, "Quotas": an item nests up to 32 levels, its own included.
const maxNesting = 31

// UnmarshalJSON reads the wire form {"S": "text"}.
func (v *value) UnmarshalJSON(raw []byte) (err error) {
	*v, err = parseValue(raw, 0)
	return err
}

// MarshalJSON writes the wire form.
func (v value) MarshalJSON() ([]byte, error) {
	var content any
	switch v.kind {
	case kindString, kindNumber:
		content = v.text
	case kindBinary:
		content = []byte(v.text)
	case kindBool:
		content = v.truth
	case kindNull:
		content = true
	case kindMap:
		content = v.fields
	case kindList:
		content = v.list
	case kindStringSet, kindNumberSet:
		content = v.set
	case kindBinarySet:
		set := make([][]byte, len(v.set))
		for i, e := range v.set {
			set[i] = []byte(e)
		}
		content = set
	}
	return json.Marshal(map[kind]any{v.kind: content})
}

// parseValue reads one wire value at a nesting level.
func parseValue(raw json.RawMessage, level int) (value, error) {
	if level > maxNesting {
		return value{}, invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")
	}
	var members map[kind]json.RawMessage
	if err := decode(raw, &members); err != nil {
		return value{}, err
	}
	var k kind
	for name, content := range members {
		if !name.known() || isNull(content) {
			continue
		}
		if k != "" {
			return value{}, invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
		}
		k = name
	}
	if k == "" {
		return value{}, invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	}
	return parseContent(k, members[k], level)
}

func parseContent(k kind, raw json.RawMessage, level int) (value, error) {
	v := value{kind: k}
	switch k {
	case kindString:
		return v, decode(raw, &v.text)
	case kindNumber:
		err := decode(raw, &v.text)
		if err == nil {
			v.text, err = parseNumber(v.text)
		}
		return v, err
	case kindBinary:
		text, err := parseBinary(raw)
		v.text = text
		return v, err
	case kindBool:
		return v, decode(raw, &v.truth)
	case kindNull:
		var yes bool
		if err := decode(raw, &yes); err != nil || yes {
			return v, err
		}
		return v, invalid("One or more parameter values were invalid: Null attribute value types must have the value of true")
	case kindMap:
		return parseMap(raw, level)
	case kindList:
		return parseList(raw, level)
	}
	return parseSet(k, raw)
}

func parseMap(raw json.RawMessage, level int) (value, error) {
	var members map[string]json.RawMessage
	if err := decode(raw, &members); err != nil {
		return value{}, err
	}
	v := value{kind: kindMap, fields: make(map[string]value, len(members))}
	for name, member := range members {
		field, err := parseValue(member, level+1)
		if err != nil {
			return value{}, err
		}
		v.fields[name] = field
	}
	return v, nil
}

func parseList(raw json.RawMessage, level int) (value, error) {
	var members []json.RawMessage
	if err := decode(raw, &members); err != nil {
		return value{}, err
	}
	v := value{kind: kindList, list: make([]value, len(members))}
	for i, member := range members {
		element, err := parseValue(member, level+1)
		if err != nil {
			return value{}, err
		}
		v.list[i] = element
	}
	return v, nil
}

func parseSet(k kind, raw json.RawMessage) (value, error) {
	var members []json.RawMessage
	if err := decode(raw, &members); err != nil {
		return value{}, err
	}
	if len(members) == 0 && k == kindBinarySet {
		return value{}, invalid("One or more parameter values were invalid: Binary sets should not be empty")
	}
	if len(members) == 0 {
		return value{}, invalid("One or more parameter values were invalid: An %s set  may not be empty", strings.ToLower(longNames[k.element()]))
	}
	elements := make([]string, len(members))
	for i, member := range members {
		element, err := parseContent(k.element(), member, 0)
		if err != nil {
			return value{}, err
		}
		elements[i] = element.text
	}
	given := slices.Clone(elements)
	v := setValue(k, elements)
	if len(slices.Compact(slices.Clone(v.set))) == len(v.set) {
		return v, nil
	}
	switch k {
	case kindNumberSet:
		return value{}, invalid("Input collection contains duplicates")
	case kindBinarySet:
		return value{}, invalid("One or more parameter values were invalid: Input collection of type BS contains duplicates.")
	}
	return value{}, invalid("One or more parameter values were invalid: Input collection [%s] contains duplicates.", strings.Join(given, ", "))
}

func parseBinary(raw json.RawMessage) (string, error) {
	var text string
	if err := decode(raw, &text); err != nil {
		return "", err
	}
	if len(text)%4 != 0 {
		return "", unreadable("Base64 encoded length is expected a multiple of 4 bytes but found: %d", len(text))
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // DecodeString skips those two
		return "", unreadable("Invalid Base64 in a Binary value")
	}
	return string(b), nil
}

// utf16Units splits a string as DynamoDB counts its characters in size().
func utf16Units(s string) []uint16 { return utf16.Encode([]rune(s)) }

func isNull(raw json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(raw), []byte("null")) }
