package schema

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// The types of new columns, as DDL says them.
const (
	number  = "NUMBER(38, 0)"
	float   = "FLOAT"
	double  = "DOUBLE" // Iceberg's name for it
	boolean = "BOOLEAN"
	text    = "VARCHAR"
	variant = "VARIANT"
)

// MaxDigits is how many digits a NUMBER holds.
const MaxDigits = 38

// Type is the type of a new column that holds every value of the kinds without
// a change; "" where there is none to hold. nested says that VARIANT may be had.
func Type(kinds messages.ValueKinds, kind Kind, nested bool) string {
	any := text
	if nested {
		any = variant
	}
	const integers = messages.IntegerValue | messages.LongValue
	switch kinds &^= messages.NullValue; {
	case kinds == 0:
		return ""
	case kinds&^integers == 0:
		return number
	case kinds&^(messages.IntegerValue|messages.FractionValue) == 0:
		if kind == Iceberg {
			return double
		}
		return float
	case kinds == messages.BooleanValue:
		return boolean
	case kinds == messages.TextValue:
		return text
	}
	return any
}

// widened is the type that a column has to become so that it holds what was
// seen of its key; "" where it does, or where Snowflake cannot change it to one
// that does.
func widened(column *messages.Column, seen *messages.KeySeen) string {
	name, arguments, ok := strings.Cut(strings.TrimSuffix(column.Type, ")"), "(")
	if !ok {
		return ""
	}
	first, second, _ := strings.Cut(arguments, ",")
	size, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return ""
	}
	switch {
	case column.Text():
		if seen.Kinds&messages.TextValue != 0 && seen.Length > size {
			return text
		}
	case strings.EqualFold(name, "NUMBER"):
		scale, _ := strconv.Atoi(strings.TrimSpace(second))
		integers := seen.Kinds&(messages.IntegerValue|messages.LongValue) != 0
		if need := seen.Digits + scale; integers && size < need && need <= MaxDigits {
			return "NUMBER(" + strconv.Itoa(MaxDigits) + ", " + strconv.Itoa(scale) + ")"
		}
	}
	return ""
}
