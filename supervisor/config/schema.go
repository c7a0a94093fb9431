package config

import (
	"reflect"
	"slices"
	"strings"
)

// field is one key that a struct of the configuration knows.
type field struct {
	key   string
	index int
}

// fieldsOf lists a struct's keys in the order of its fields, which is the order
// in which Print shows them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("key"); key != "" && key != "-" {
			fields = append(fields, field{key, i})
		}
	}
	return fields
}

// paths lists every key below a struct, dotted, groups included.
func paths(t reflect.Type, under string) []string {
	var all []string
	for _, f := range fieldsOf(t) {
		path := join(under, f.key)
		all = append(all, path)
		if below := t.Field(f.index).Type; isGroup(below) {
			all = append(all, paths(below, path)...)
		}
	}
	return all
}

// isGroup says whether a field holds further keys.
func isGroup(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[InitialPosition]()
}

var (
	filePaths      = paths(reflect.TypeFor[File](), "")
	connectorPaths = paths(reflect.TypeFor[Config](), "")
)

// unknownKey says what may have been meant by a key that a group lacks, and
// which of the group's keys that is, if one is near.
func unknownKey(key string, known, everywhere []string) (text, near string) {
	if near := nearest(key, known); near != "" {
		return "unknown key; did you mean " + near + "?", near
	}
	if home := shallowest(key, everywhere); home != "" {
		return "unknown key here; did you mean " + home + "?", ""
	}
	return "unknown key; known here: " + strings.Join(slices.Sorted(slices.Values(known)), ", "), ""
}

// shallowest is the one path that ends in key with the fewest groups around
// it, or empty.
func shallowest(key string, paths []string) string {
	home, depth, alone := "", 0, false
	for _, path := range paths {
		if !strings.HasSuffix("."+path, "."+key) {
			continue
		}
		switch d := strings.Count(path, "."); {
		case home == "" || d < depth:
			home, depth, alone = path, d, true
		case d == depth:
			alone = false
		}
	}
	if !alone {
		return ""
	}
	return home
}

// nearest is the known word that a typing slip away from key, or empty.
func nearest(key string, known []string) string {
	plain := func(s string) string { return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s)) }
	best, distance := "", 1+max(1, min(3, len(key)/3))
	a := plain(key)
	for _, word := range known {
		b := plain(word)
		if max(len(a)-len(b), len(b)-len(a)) >= distance {
			continue // as many slips at the least; a key may be as long as the file
		}
		if d := slips(a, b); d < distance {
			best, distance = word, d
		}
	}
	return best
}

// slips counts the letters to insert, drop, change or swap with their neighbour
// (Damerau and Levenshtein's optimal string alignment).
func slips(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
