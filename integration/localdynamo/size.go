package localdynamo

import "strings"

// Sizes in bytes. Amazon DynamoDB Developer Guide, "DynamoDB item sizes and
// formats" and "Quotas"; a page ends at 1 MiB, a capacity unit covers 4 KiB of
// a read and 1 KiB of a write.
const (
	maxItem   = 400 << 10
	maxPage   = 1 << 20
	readUnit  = 4 << 10
	writeUnit = 1 << 10
)

// bytes is what an item counts towards limits and capacity.
func (it item) bytes() int {
	n := 0
	for name, v := range it {
		n += len(name) + v.bytes()
	}
	return n
}

func (v value) bytes() int {
	switch v.kind {
	case kindBool, kindNull:
		return 1
	case kindNumber:
		return numberBytes(v.text)
	case kindList:
		n := 3
		for _, w := range v.list {
			n += 1 + w.bytes()
		}
		return n
	case kindMap:
		n := 3
		for name, w := range v.fields {
			n += 1 + len(name) + w.bytes()
		}
		return n
	case kindNumberSet:
		n := 0
		for _, e := range v.set {
			n += numberBytes(e)
		}
		return n
	case kindStringSet, kindBinarySet:
		return len(strings.Join(v.set, ""))
	}
	return len(v.text)
}

// numberBytes counts two significant digits a byte, in pairs that start at the
// decimal point, one byte for the magnitude and one for a minus. Zero takes one.
func numberBytes(text string) int {
	digits, negative := strings.CutPrefix(text, "-")
	if digits == "0" {
		return 1
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	if len(whole)%2 == 1 {
		whole = "0" + whole
	}
	if len(fraction)%2 == 1 {
		fraction += "0"
	}
	pairs := whole + fraction
	for strings.HasPrefix(pairs, "00") {
		pairs = pairs[2:]
	}
	for strings.HasSuffix(pairs, "00") {
		pairs = pairs[:len(pairs)-2]
	}
	n := len(pairs)/2 + 1
	if negative {
		n++
	}
	return n
}
