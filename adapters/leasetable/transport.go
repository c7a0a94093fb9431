package leasetable

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// inMemory hands each request on with its body as a plain in-memory reader.
// The SDK closes its own body wrapper as soon as the answer's header is there;
// net/http, still looking for excess bytes, then takes the wrapper's EOF for a
// write error and drops the connection. Against a server on this machine that
// costs most connections (specs/performance.md 2, second defect).
type inMemory struct{ next aws.HTTPClient }

// Do implements aws.HTTPClient.
func (c inMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return c.next.Do(r)
	}
	body, err := readBody(r)
	r.Body.Close()
	if err != nil {
		return nil, err
	}
	r = r.WithContext(r.Context()) // a copy: the caller keeps its own body
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	return c.next.Do(r)
}

// readBody reads a body, at once into its own size where the SDK tells that.
func readBody(r *http.Request) (body []byte, err error) {
	if r.ContentLength <= 0 {
		return io.ReadAll(r.Body)
	}
	body = make([]byte, r.ContentLength)
	_, err = io.ReadFull(r.Body, body)
	return body, err
}
