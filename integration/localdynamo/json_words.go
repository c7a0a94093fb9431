package localdynamo

import (
	"reflect"
	"strings"
)

// wireTokens names a JSON token as SerializationException does.
func wireTokens(token string) string {
	word, _, _ := strings.Cut(token, " ")
	switch word {
	case "string":
		return "STRING_VALUE"
	case "bool":
		return "TRUE_VALUE"
	}
	return "NUMBER_VALUE"
}

// wireType names a wanted type as SerializationException does.
func wireType(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "String"
	case reflect.Bool:
		return "Boolean"
	case reflect.Int, reflect.Int64:
		return "Long"
	case reflect.Int32:
		return "Integer"
	case reflect.Slice:
		return "List"
	}
	return "Map"
}
