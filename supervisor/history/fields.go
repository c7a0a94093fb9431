package history

import (
	"reflect"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// fieldsOf is an event as JSON shows it: under the names that it has on disk,
// which never change, positions as text (a program's numbers are too small for
// them), times only where they are known.
func fieldsOf(e messages.Event) map[string]any {
	v := reflect.Indirect(reflect.ValueOf(e))
	fields := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("msgpack")
		switch f := v.Field(i).Interface().(type) {
		case messages.Position:
			fields[name] = f.String()
		case time.Time:
			if !f.IsZero() {
				fields[name] = f.UTC()
			}
		case []messages.ShardID:
			fields[name] = append([]messages.ShardID{}, f...)
		default:
			fields[name] = f
		}
	}
	return fields
}
