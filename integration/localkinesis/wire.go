package localkinesis

import (
	"net/http"
	"slices"
	"strings"
)

// How bodies are written: in the content type of the request, be it JSON or
// CBOR, both ways. SubscribeToShard answers in frames whose payloads keep to
// the same rule.
const (
	jsonType = "application/x-amz-json-1.1"
	cborType = "application/x-amz-cbor-1.1"
)

// contentTypeOf is the content type that a request is answered in.
func contentTypeOf(r *http.Request) string {
	if given, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(given) == cborType {
		return cborType
	}
	return jsonType
}

// asJSON returns the JSON form of a request's body, which may be written into
// the buffer.
func asJSON(contentType string, body []byte, buffer *[]byte) ([]byte, *Error) {
	if contentType != cborType {
		return body, nil
	}
	translated, refused := appendJSON((*buffer)[:0], body)
	*buffer = translated
	return translated, refused
}

// in turns an answer, which is JSON, into a content type. What it returns may
// lie in the buffer. An operation that returns nothing has an empty body in both.
func (a answer) in(contentType string, buffer *[]byte) (answer, error) {
	if contentType != cborType || a.length() == 0 {
		return a, nil
	}
	whole := a.head
	if len(a.parts) > 0 || len(a.tail) > 0 {
		joined := bodies.Get().(*[]byte)
		defer bodies.Put(joined)
		*joined = a.appendTo(slices.Grow((*joined)[:0], a.length()))
		whole = *joined
	}
	translated, err := appendCBOR((*buffer)[:0], whole)
	*buffer = translated
	return answer{head: translated}, err
}

func (a answer) appendTo(b []byte) []byte {
	b = append(b, a.head...)
	for _, p := range a.parts {
		b = append(b, p...)
	}
	return append(b, a.tail...)
}
