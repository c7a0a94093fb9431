package localdynamo

import (
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// decodeRequest reads a request's body. DynamoDB tells TableName from
// tablename and ignores members that it does not know; encoding/json takes the
// one for the other, so what is not spelled like a member is left out before.
func decodeRequest(body []byte, call request) error {
	if !utf8.Valid(body) {
		return unreadable("The request body is not UTF-8")
	}
	var members map[string]json.RawMessage
	if err := decode(body, &members); err != nil {
		return err
	}
	if members == nil {
		return unreadable("The request body is no JSON object")
	}
	known := membersOf(reflect.TypeOf(call).Elem())
	strangers := false
	for name := range members {
		if !known[name] {
			delete(members, name)
			strangers = true
		}
	}
	if strangers {
		var err error
		if body, err = json.Marshal(members); err != nil {
			return internal(err)
		}
	}
	return decode(body, call)
}

// membersOf are the names of a request's members on the wire.
func membersOf(request reflect.Type) map[string]bool {
	names := map[string]bool{}
	for _, field := range reflect.VisibleFields(request) {
		if field.IsExported() && !field.Anonymous {
			names[field.Name] = true
		}
	}
	return names
}
