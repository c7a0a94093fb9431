package config

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

const redacted = "[redacted]"

// Secret is text that must not be seen. Every way of printing or encoding it
// gives [redacted], or nothing when it is empty; Reveal alone gives the text.
type Secret string

// Reveal returns the text itself. Hand it to what needs it and nothing else.
func (s Secret) Reveal() string { return string(s) }

// String gives [redacted].
func (s Secret) String() string { return s.hidden() }

// GoString gives "[redacted]", for %#v.
func (s Secret) GoString() string { return strconv.Quote(s.hidden()) }

// Format gives [redacted] for every verb, %x and %d included.
func (s Secret) Format(f fmt.State, verb rune) { formatHidden(f, verb, s.hidden()) }

// MarshalText gives [redacted].
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.hidden()), nil }

// MarshalJSON gives "[redacted]".
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.hidden()) }

// MarshalYAML gives [redacted].
func (s Secret) MarshalYAML() (any, error) { return s.hidden(), nil }

func (s Secret) hidden() string {
	if s == "" {
		return ""
	}
	return redacted
}

// ProxyURL is a proxy's address, whose user and password must not be seen. It
// prints without them; Reveal gives the whole.
type ProxyURL string

// Reveal returns the URL with user and password.
func (p ProxyURL) Reveal() string { return string(p) }

// String gives the URL with [redacted] in place of user and password.
func (p ProxyURL) String() string { return p.hidden() }

// GoString gives the same in quotes.
func (p ProxyURL) GoString() string { return strconv.Quote(p.hidden()) }

// Format gives the same for every verb.
func (p ProxyURL) Format(f fmt.State, verb rune) { formatHidden(f, verb, p.hidden()) }

// MarshalText gives the same.
func (p ProxyURL) MarshalText() ([]byte, error) { return []byte(p.hidden()), nil }

// MarshalJSON gives the same.
func (p ProxyURL) MarshalJSON() ([]byte, error) { return json.Marshal(p.hidden()) }

// MarshalYAML gives the same.
func (p ProxyURL) MarshalYAML() (any, error) { return p.hidden(), nil }

func (p ProxyURL) hidden() string {
	if p == "" {
		return ""
	}
	u, err := url.Parse(string(p))
	if err != nil || u.Host == "" {
		return redacted // unreadable: the password could be anywhere in it
	}
	if u.User == nil {
		return string(p)
	}
	return u.Scheme + "://" + redacted + "@" + u.Host
}

func formatHidden(f fmt.State, verb rune, text string) {
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		text = strconv.Quote(text)
	}
	_, _ = f.Write([]byte(text))
}
