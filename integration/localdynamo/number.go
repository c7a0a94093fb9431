package localdynamo

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Limits of a number: Amazon DynamoDB Developer Guide, "Supported data types".
const (
	maxDigits    = 38
	maxMagnitude = 125  // 9.99...E+125
	minMagnitude = -130 // 1E-130
)

// exact computes with every digit two numbers of the range can yield.
var exact = apd.BaseContext.WithPrecision(2 * (maxMagnitude - minMagnitude + maxDigits))

// parseNumber checks a number and returns its canonical text: no exponent, no
// needless zero or sign. Equal numbers have equal canonical texts.
func parseNumber(text string) (string, error) {
	digits, exponent, negative, ok := scanNumber(text)
	if !ok {
		return "", invalid("The parameter cannot be converted to a numeric value%s", colon(text))
	}
	digits = strings.TrimLeft(digits, "0")
	trimmed := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)
	if trimmed == "" {
		return "0", nil
	}
	magnitude := exponent + len(trimmed) - 1
	switch {
	case magnitude > maxMagnitude:
		return "", invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case magnitude < minMagnitude:
		return "", invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	case len(trimmed) > maxDigits:
		return "", invalid("Attempting to store more than 38 significant digits in a Number")
	}
	return plainNumber(trimmed, exponent, negative), nil
}

// scanNumber reads [sign] digits [. digits] [e [sign] digits]. The exponent
// stays within a range that cannot overflow an int.
func scanNumber(text string) (digits string, exponent int, negative, ok bool) {
	const farOut = 1 << 20
	rest := text
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		negative, rest = rest[0] == '-', rest[1:]
	}
	whole, rest := cutDigits(rest)
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction, rest = cutDigits(rest[1:])
	}
	if whole+fraction == "" {
		return "", 0, false, false
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		sign := 1
		rest = rest[1:]
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			if rest[0] == '-' {
				sign = -1
			}
			rest = rest[1:]
		}
		var power string
		if power, rest = cutDigits(rest); power == "" {
			return "", 0, false, false
		}
		for i := range len(power) {
			exponent = min(exponent*10+int(power[i]-'0'), farOut)
		}
		exponent *= sign
	}
	return whole + fraction, exponent - len(fraction), negative, rest == ""
}

func cutDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// plainNumber writes digits times ten to the exponent without an exponent.
func plainNumber(digits string, exponent int, negative bool) string {
	sign := ""
	if negative {
		sign = "-"
	}
	switch point := len(digits) + exponent; {
	case exponent >= 0:
		return sign + digits + strings.Repeat("0", exponent)
	case point > 0:
		return sign + digits[:point] + "." + digits[point:]
	default:
		return sign + "0." + strings.Repeat("0", -point) + digits
	}
}

// compareNumbers orders two canonical numbers by worth.
func compareNumbers(a, b string) int {
	if a == b {
		return 0
	}
	return decimal(a).Cmp(decimal(b))
}

// addNumbers adds two canonical numbers exactly. What no longer fits a number
// of DynamoDB is an error, never rounded.
func addNumbers(a, b string) (string, error) {
	var sum apd.Decimal
	if _, err := exact.Add(&sum, decimal(a), decimal(b)); err != nil {
		return "", invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	}
	return parseNumber(sum.Text('f'))
}

func negateNumber(a string) string {
	if rest, negative := strings.CutPrefix(a, "-"); negative || a == "0" {
		return rest
	}
	return "-" + a
}

// decimal reads a canonical number, which is always well formed.
func decimal(text string) *apd.Decimal {
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return new(apd.Decimal)
	}
	return d
}

func colon(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}
