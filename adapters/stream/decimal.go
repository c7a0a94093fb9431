package stream

import (
	"math"
	"strconv"
)

var powers = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// decimal reads a number, times ten to the scale, rounded. Kinesis writes
// arrival times as seconds, 1.441215410867E9: digits are exact, where a float64
// cut to milliseconds is one too small about every other time.
func (p *parser) decimal(scale int) int64 {
	begin, asked, negative := p.i, scale, p.b[p.i] == '-'
	if negative {
		p.i++
	}
	mantissa, count := uint64(0), 0
	digits := func() (n int) {
		for ; p.b[p.i]-'0' <= 9; p.i++ {
			if count < len(powers)-1 {
				mantissa = mantissa*10 + uint64(p.b[p.i]-'0')
			}
			if mantissa > 0 {
				count++
			}
			n++
		}
		return n
	}
	if digits() == 0 {
		p.fail()
		return 0
	}
	if p.b[p.i] == '.' {
		p.i++
		scale -= digits()
	}
	if p.b[p.i]|0x20 == 'e' {
		p.i++
		down := p.b[p.i] == '-'
		if down || p.b[p.i] == '+' {
			p.i++
		}
		exponent := 0
		for ; p.b[p.i]-'0' <= 9 && exponent < 1000; p.i++ {
			exponent = exponent*10 + int(p.b[p.i]-'0')
		}
		if down {
			exponent = -exponent
		}
		scale += exponent
	}
	switch {
	case mantissa == 0:
		return 0
	case count >= len(powers)-1, scale >= len(powers)-count:
		return p.inexact(begin, asked)
	case scale >= 0:
		mantissa *= powers[scale]
	case -scale < len(powers):
		half := powers[-scale] / 2
		mantissa = (mantissa + half) / powers[-scale]
	default:
		mantissa = 0
	}
	if negative {
		return -int64(mantissa)
	}
	return int64(mantissa)
}

// inexact reads a number with more digits than matter, or one that is too large.
func (p *parser) inexact(begin, scale int) int64 {
	f, err := strconv.ParseFloat(string(p.b[begin:p.i]), 64)
	if f *= math.Pow10(scale); err != nil || math.Abs(f) > 1e15 {
		p.fail()
		return 0
	}
	return int64(math.Round(f))
}
