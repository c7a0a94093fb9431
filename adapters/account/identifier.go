package account

import (
	"errors"
	"regexp"
	"strings"
)

// maxIdentifier bounds an account identifier, in bytes: a DNS name's length.
const maxIdentifier = 253

var identifierPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$`)

// Check refuses what is no account identifier, and above all what would name
// another host. Errors read on after the value.
func Check(identifier string) error {
	switch {
	case strings.Contains(strings.ToLower(identifier), "snowflakecomputing"), strings.Contains(identifier, "/"):
		return errors.New("is an address; write the identifier alone, such as MYORG-PROD, and an address in host")
	case len(identifier) > maxIdentifier || !identifierPattern.MatchString(identifier):
		return errors.New("is not an account identifier; write it as in MYORG-PROD")
	}
	return nil
}

// Claim is the account as a key-pair token's claims spell it: without its
// region, in upper case, hyphens and underscores as typed (key-pair
// authentication page).
func Claim(identifier string) string {
	identifier, _, _ = strings.Cut(identifier, ".")
	return strings.ToUpper(identifier)
}

// hostForm is how a name stands in a host: lower case, hyphens for
// underscores, which certificates do not allow (REST tutorial).
func hostForm(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}
