package localkinesis

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
)

var strictBase64 = base64.StdEncoding.Strict()

// blob checks a raw JSON value that holds base64 and returns it as it came,
// with the number of bytes it stands for. scratch is overwritten.
func blob(raw []byte, scratch *[]byte) (text []byte, size int, refused *Error) {
	if raw[0] != '"' {
		return nil, 0, wrongType(raw, "Blob")
	}
	text = raw[1 : len(raw)-1]
	if bytes.IndexByte(text, '\\') >= 0 { // some encoders write "\/"
		s, err := unquote(raw)
		if err != nil {
			return nil, 0, serialization("%v", err)
		}
		text = []byte(s)
	}
	if len(text)%4 != 0 {
		return nil, 0, serialization("Base64 encoded length is expected a multiple of 4 bytes but found: %d", len(text))
	}
	if need := len(text) / 4 * 3; cap(*scratch) < need {
		*scratch = make([]byte, need)
	}
	size, err := strictBase64.Decode((*scratch)[:cap(*scratch)], text)
	if err != nil || bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0 { // Decode skips those two
		return nil, 0, serialization("Invalid Base64 in a Blob")
	}
	return text, size, nil
}

// dataSize is the number of bytes that the record's data has.
func (e *entry) dataSize() int {
	if e.base64 == nil {
		return len(e.data)
	}
	n := len(e.base64) / 4 * 3
	for i := len(e.base64); i > 0 && e.base64[i-1] == '='; i-- {
		n--
	}
	return n
}

// jsonContent is a text as the content of a JSON string.
func jsonContent(text string) []byte {
	if raw := []byte(text); plain(raw) && bytes.IndexByte(raw, '"') < 0 {
		return raw
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string always can be encoded
	}
	return b.Bytes()[1 : b.Len()-2] // without quotes and newline
}
