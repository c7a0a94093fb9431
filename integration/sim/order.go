package sim

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// inOrder sorts messages that came at the same instant by what they say.
func inOrder(list []any) []any {
	if len(list) < 2 {
		return list
	}
	type said struct {
		message any
		text    string
	}
	all := make([]said, len(list))
	for i, m := range list {
		var b strings.Builder
		tell(&b, reflect.ValueOf(m), 7)
		all[i] = said{m, b.String()}
	}
	slices.SortStableFunc(all, func(a, b said) int { return strings.Compare(a.text, b.text) })
	for i := range all {
		list[i] = all[i].message
	}
	return list
}

// tell writes what a value holds, as far as it is the same in every run:
// texts and numbers, and no addresses.
func tell(b *strings.Builder, v reflect.Value, depth int) {
	if !v.IsValid() || depth == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		b.WriteString(v.String())
	case reflect.Bool:
		fmt.Fprint(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		fmt.Fprint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		fmt.Fprint(b, v.Uint())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			tell(b, v.Elem(), depth-1)
		}
		return
	case reflect.Struct:
		b.WriteString(v.Type().String())
		for i := range v.NumField() {
			tell(b, v.Field(i), depth-1)
		}
	case reflect.Slice:
		for i := range min(v.Len(), 4) {
			tell(b, v.Index(i), depth-1)
		}
	default:
	}
	b.WriteByte(' ')
}
