package stream

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	// maxInMemory bounds the request bodies that are kept whole; none of ours
	// is near it.
	maxInMemory = 64 << 10
	// maxIdle keeps a connection per shard open on a large node. Go keeps 2 per
	// host and the SDK 10.
	maxIdle = 2048
)

// transport sends request bodies from memory.
//
// The SDK closes a request's body as soon as the response's header is there,
// and its closed body answers io.EOF as an error. net/http, which may still be
// looking for bytes beyond the body, then tears the connection down under the
// response; on a fast server most large answers are lost (specs/performance.md
// 2, defect 2). A body in memory is written together with the header.
type transport struct{ client aws.HTTPClient }

func newTransport(client aws.HTTPClient) transport {
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	if b, ok := client.(*awshttp.BuildableClient); ok {
		client = b.WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = maxIdle, maxIdle
		})
	}
	return transport{client}
}

// Do implements kinesis.HTTPClient.
func (t transport) Do(request *http.Request) (*http.Response, error) {
	if request.Body == nil || request.ContentLength <= 0 || request.ContentLength > maxInMemory {
		return t.client.Do(request)
	}
	body := make([]byte, request.ContentLength)
	_, err := io.ReadFull(request.Body, body)
	if err := errors.Join(err, request.Body.Close()); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.Body, _ = open()
	request.GetBody = open
	return t.client.Do(request)
}
