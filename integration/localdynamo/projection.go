package localdynamo

import (
	"maps"
	"slices"
)

// project is the part of an item that paths lead to, nested as in the item;
// list elements close ranks. No paths mean the whole item.
func (it item) project(paths []path) item {
	if it == nil || paths == nil {
		return it
	}
	part, ok := value{kind: kindMap, fields: it}.project(paths)
	if !ok {
		return item{}
	}
	return item(part.fields)
}

// project returns the part of a map or list that paths, none of them empty,
// lead to; ok when there is one.
func (v value) project(paths []path) (part value, ok bool) {
	inner := map[step][]path{}
	for _, way := range paths {
		inner[way[0]] = append(inner[way[0]], way[1:])
	}
	steps := slices.SortedFunc(maps.Keys(inner), func(a, b step) int { return path{a}.compare(path{b}) })
	part = value{kind: v.kind}
	for _, s := range steps {
		child, found := v.child(s)
		if found && len(inner[s][0]) > 0 {
			child, found = child.project(inner[s])
		}
		switch {
		case !found:
			continue
		case s.isIndex:
			part.list = append(part.list, child)
		default:
			if part.fields == nil {
				part.fields = map[string]value{}
			}
			part.fields[s.name] = child
		}
		ok = true
	}
	return part, ok
}
