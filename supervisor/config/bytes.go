package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Bytes is a size. In text it is a whole number with an optional unit: B, KB,
// MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), in any case.
type Bytes int64

// Binary units.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
	TiB Bytes = 1 << 40
)

// units from the largest to the smallest.
var units = []struct {
	name string
	size Bytes
}{
	{"TiB", TiB}, {"TB", 1e12}, {"GiB", GiB}, {"GB", 1e9},
	{"MiB", MiB}, {"MB", 1e6}, {"KiB", KiB}, {"KB", 1e3}, {"B", 1},
}

var errSize = errors.New("is not a size; write a whole number with a unit, such as 256MiB, 64MB or 1048576")

// ParseBytes reads a size. It refuses fractions, signs and unknown units.
func ParseBytes(text string) (Bytes, error) {
	digits := strings.TrimLeft(text, "0123456789")
	number, unit := text[:len(text)-len(digits)], strings.TrimSpace(digits)
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		if errors.Is(err, strconv.ErrRange) {
			return 0, errors.New("is too large for a size")
		}
		return 0, errSize
	}
	if unit == "" {
		return Bytes(n), nil
	}
	for _, u := range units {
		if strings.EqualFold(unit, u.name) {
			if n > math.MaxInt64/int64(u.size) {
				return 0, errors.New("is too large for a size")
			}
			return Bytes(n) * u.size, nil
		}
	}
	return 0, errSize
}

// String prints the size in the largest unit that leaves a whole number:
// 268435456 is 256MiB, 64000000 is 64MB.
func (b Bytes) String() string {
	if b > 0 {
		for _, u := range units {
			if b%u.size == 0 {
				return strconv.FormatInt(int64(b/u.size), 10) + u.name
			}
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// MarshalText gives String.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what ParseBytes reads.
func (b *Bytes) UnmarshalText(text []byte) error {
	v, err := ParseBytes(string(text))
	if err != nil {
		return errors.New("size " + strconv.Quote(string(text)) + " " + err.Error())
	}
	*b = v
	return nil
}
