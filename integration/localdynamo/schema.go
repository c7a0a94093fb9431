package localdynamo

import (
	"encoding/base64"
	"strings"
)

// Limits of key values, in bytes. Amazon DynamoDB Developer Guide, "Quotas".
const (
	maxHashKey  = 2048
	maxRangeKey = 1024
)

// keyPart is one attribute of a primary key.
type keyPart struct {
	name string
	kind kind
}

// schema is a primary key: the hash attribute, then the range attribute if
// the table has one.
type schema []keyPart

func (s schema) hash() keyPart { return s[0] }

// has tells whether an attribute belongs to the key.
func (s schema) has(name string) bool {
	for _, part := range s {
		if part.name == name {
			return true
		}
	}
	return false
}

// checkItem checks the key attributes of an item to be put.
func (s schema) checkItem(it item) error {
	for _, part := range s {
		v, ok := it[part.name]
		switch {
		case !ok:
			return invalid("One or more parameter values were invalid: Missing the key %s in the item", part.name)
		case v.kind != part.kind:
			return invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", part.name, part.kind, v.kind)
		}
	}
	return s.checkValues(it)
}

// checkKey checks that key names exactly the key attributes.
func (s schema) checkKey(key item) error {
	if !s.fits(key) {
		return invalid("The provided key element does not match the schema")
	}
	return s.checkValues(key)
}

func (s schema) fits(key item) bool {
	for _, part := range s {
		if key[part.name].kind != part.kind {
			return false
		}
	}
	return len(key) == len(s)
}

func (s schema) checkValues(key item) error {
	for i, part := range s {
		if err := checkKeyValue(part, key[part.name], i == 0); err != nil {
			return err
		}
	}
	return nil
}

func checkKeyValue(part keyPart, v value, isHash bool) error {
	switch {
	case v.text == "" && part.kind == kindBinary:
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary value. Key: %s", part.name)
	case v.text == "":
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: %s", part.name)
	case isHash && len(v.text) > maxHashKey:
		return invalid("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case !isHash && len(v.text) > maxRangeKey:
		return invalid("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// keyOf is the key part of an item.
func (s schema) keyOf(it item) item {
	key := make(item, len(s))
	for _, part := range s {
		key[part.name] = it[part.name]
	}
	return key
}

// keyText joins the key values with slashes, binaries in base64; ok when all
// of them are there.
func (s schema) keyText(it item) (text string, ok bool) {
	parts := make([]string, len(s))
	for i, part := range s {
		v, ok := it[part.name]
		if !ok {
			return "", false
		}
		parts[i] = v.text
		if v.kind == kindBinary {
			parts[i] = base64.StdEncoding.EncodeToString([]byte(v.text))
		}
	}
	return strings.Join(parts, "/"), true
}

// rangeOf is the range value of an item, the zero value in a table without one.
func (s schema) rangeOf(it item) value {
	if len(s) == 1 {
		return value{}
	}
	return it[s[1].name]
}

// text writes a key as DynamoDB's errors do.
func (s schema) text() string {
	parts := make([]string, len(s))
	for i, part := range s {
		parts[i] = part.name + ":" + string(part.kind)
	}
	return "Schema:[" + strings.Join(parts, ", ") + "]"
}
