package main

import (
	"fmt"
	"strconv"
)

// Marks that no log may ever hold: they are in every value and every key.
const (
	valueMark = "knv"
	keyMark   = "knk"
)

// keys is how many partition keys there are.
const keys = 97

func keyName(key int) string { return fmt.Sprintf("%s-%03d", keyMark, key) }

// odd are texts that JSON, compression and SQL like to spoil.
var odd = []string{"", "\"\\/\b\f\n\r\t", "ÄÖ 漢字 \U0001F30B", "null", "  ", "1e400", "\u2028<>&'"}

// value is what row n holds beside its number.
func value(n int) string {
	x := uint64(n)*0x9e3779b97f4a7c15 + 1
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 32
	return valueMark + strconv.FormatUint(x, 36) + odd[x%uint64(len(odd))]
}
