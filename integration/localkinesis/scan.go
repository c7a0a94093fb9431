package localkinesis

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Requests are read by cutting raw members out of the body instead of decoding
// it: a PutRecords body is megabytes of base64 that is only passed on, and the
// service tells "StreamName" from "streamname", which encoding/json does not.

var errSyntax = errors.New("malformed JSON")

// maxDepth bounds nesting. No request of the API is deeper than 4.
const maxDepth = 64

// members calls each for every member of the object in b, in order, with its
// unescaped name and raw value. A name that is not UTF-8 is malformed, where
// encoding/json would replace what is wrong in it.
func members(b []byte, each func(name, value []byte) error) error {
	return items(b, '{', '}', func(i int) (int, error) {
		nameEnd, err := endOfString(b, i)
		if err != nil {
			return 0, err
		}
		name := b[i+1 : nameEnd-1]
		if !utf8.Valid(name) {
			return 0, errSyntax
		}
		if bytes.IndexByte(name, '\\') >= 0 {
			text, err := unquote(b[i:nameEnd])
			if err != nil {
				return 0, err
			}
			name = []byte(text)
		}
		i = space(b, nameEnd)
		if i >= len(b) || b[i] != ':' {
			return 0, errSyntax
		}
		i = space(b, i+1)
		end, err := endOfValue(b, i, maxDepth)
		if err != nil {
			return 0, err
		}
		return end, each(name, b[i:end])
	})
}

// elements calls each for every element of the array in b, in order.
func elements(b []byte, each func(value []byte) error) error {
	return items(b, '[', ']', func(i int) (int, error) {
		end, err := endOfValue(b, i, maxDepth)
		if err != nil {
			return 0, err
		}
		return end, each(b[i:end])
	})
}

// items walks a comma-separated list that fills b. item gets the place where
// one begins and returns the place behind it.
func items(b []byte, open, closed byte, item func(i int) (int, error)) error {
	i := space(b, 0)
	if i >= len(b) || b[i] != open {
		return errSyntax
	}
	if i = space(b, i+1); i < len(b) && b[i] == closed {
		return onlySpace(b, i+1)
	}
	for {
		end, err := item(i)
		if err != nil {
			return err
		}
		if i = space(b, end); i >= len(b) {
			return errSyntax
		}
		switch b[i] {
		case closed:
			return onlySpace(b, i+1)
		case ',':
			i = space(b, i+1)
		default:
			return errSyntax
		}
	}
}

// endOfValue returns the place behind the value that begins at i.
func endOfValue(b []byte, i, depth int) (int, error) {
	if i >= len(b) || depth == 0 {
		return 0, errSyntax
	}
	switch b[i] {
	case '"':
		return endOfString(b, i)
	case '{', '[':
		return endOfContainer(b, i, depth)
	}
	end := i
	for end < len(b) && bytes.IndexByte([]byte(",]} \t\r\n"), b[end]) < 0 {
		end++
	}
	if !json.Valid(b[i:end]) { // a number, true, false or null
		return 0, errSyntax
	}
	return end, nil
}

func endOfContainer(b []byte, i, depth int) (int, error) {
	object := b[i] == '{'
	closed := b[i] + 2 // both '}' and ']' lie two behind their opening
	if i = space(b, i+1); i < len(b) && b[i] == closed {
		return i + 1, nil
	}
	for {
		if object {
			end, err := endOfString(b, i)
			if err != nil {
				return 0, err
			}
			if i = space(b, end); i >= len(b) || b[i] != ':' {
				return 0, errSyntax
			}
			i = space(b, i+1)
		}
		end, err := endOfValue(b, i, depth-1)
		if err != nil {
			return 0, err
		}
		if i = space(b, end); i >= len(b) {
			return 0, errSyntax
		}
		switch b[i] {
		case closed:
			return i + 1, nil
		case ',':
			i = space(b, i+1)
		default:
			return 0, errSyntax
		}
	}
}

func endOfString(b []byte, i int) (int, error) {
	if i >= len(b) || b[i] != '"' {
		return 0, errSyntax
	}
	for from := i + 1; ; {
		n := bytes.IndexByte(b[from:], '"')
		if n < 0 {
			return 0, errSyntax
		}
		quote := from + n
		slashes := 0
		for quote-1-slashes > i && b[quote-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return quote + 1, nil
		}
		from = quote + 1
	}
}

// unquote decodes a raw JSON string.
func unquote(raw []byte) (string, error) {
	text := raw[1 : len(raw)-1]
	if !utf8.Valid(text) {
		return "", errSyntax
	}
	if plain(text) {
		return string(text), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", errSyntax
	}
	return s, nil
}

// plain reports whether a JSON string's content stands for itself.
func plain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == '\\' {
			return false
		}
	}
	return true
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

func onlySpace(b []byte, i int) error {
	if space(b, i) != len(b) {
		return errSyntax
	}
	return nil
}
