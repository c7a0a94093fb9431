package stream

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// shortcut repeats a GetRecords call of the SDK's with another body and a new
// signature. The SDK makes its stack of forty steps, and resolves the endpoint,
// anew for every call: an empty answer costs it twice what signing and HTTP
// do, and a node with a thousand shards that have nothing to say makes a
// thousand of them a second (specs/performance.md 5).
//
// It knows nothing by itself. Endpoint, headers, region of the signature and the
// clocks' difference are those of a call of the SDK's that was answered well a
// short while ago; whatever is not answered well makes the next call the SDK's
// again, which finds out what has changed. Where a host has put something of its
// own between the SDK and the wire, every call goes there.
type shortcut struct {
	next        transport
	credentials aws.CredentialsProvider // nil = never taken
	seen        atomic.Pointer[specimen]
}

// specimen is a call of the SDK's as it went out.
type specimen struct {
	url             *url.URL
	header          http.Header // without what belongs to that call alone
	region, service string      // of the signature
	skew            time.Duration
	until           time.Time
}

const (
	// specimenLife is how long a call is repeated before the SDK makes one
	// again.
	specimenLife = 5 * time.Minute
	// leastSkew is what the clocks may differ by without being corrected; the
	// service allows five minutes.
	leastSkew    = time.Minute
	getRecords   = "Kinesis_20131202.GetRecords"
	signingStyle = "AWS4-HMAC-SHA256"
	amzTime      = "20060102T150405Z"
	maxRefusal   = 64 << 10
)

func newShortcut(c aws.Config, next transport) *shortcut {
	s := &shortcut{next: next}
	if len(c.APIOptions) == 0 && len(c.ServiceOptions) == 0 && c.ClientLogMode == 0 && reflect.ValueOf(c.Interceptors).IsZero() {
		s.credentials = c.Credentials
	}
	return s
}

// Do implements kinesis.HTTPClient: the SDK's calls pass, and one that was
// answered well is kept.
func (s *shortcut) Do(request *http.Request) (*http.Response, error) {
	response, err := s.next.Do(request)
	if err == nil && response.StatusCode == http.StatusOK && s.credentials != nil && request.Header.Get("X-Amz-Target") == getRecords {
		s.seen.Store(specimenOf(request))
	}
	return response, err
}

// specimenOf keeps what may be repeated of a request, nil where it is signed in
// another way.
func specimenOf(r *http.Request) *specimen {
	style, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	credential, _, _ := strings.Cut(strings.TrimPrefix(rest, "Credential="), ",")
	scope := strings.Split(credential, "/") // key, date, region, service, aws4_request
	signed, err := time.Parse(amzTime, r.Header.Get("X-Amz-Date"))
	if style != signingStyle || len(scope) < 5 || err != nil {
		return nil
	}
	header := r.Header.Clone()
	for _, own := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "Content-Length"} {
		header.Del(own)
	}
	now := time.Now()
	sp := &specimen{url: r.URL, header: header, region: scope[len(scope)-3], service: scope[len(scope)-2], until: now.Add(specimenLife)}
	if skew := signed.Sub(now); skew.Abs() >= leastSkew {
		sp.skew = skew
	}
	return sp
}

// records makes one GetRecords call and fills a. It reports false where the SDK
// has to make it.
func (s *shortcut) records(ctx context.Context, a *answer, iterator string, stream *string, limit int32) (done bool, err error) {
	sp := s.seen.Load()
	if sp == nil || time.Now().After(sp.until) {
		return false, nil
	}
	request, err := s.request(ctx, sp, iterator, stream, limit)
	if err != nil {
		return false, nil // its own call will say so, and better
	}
	response, err := s.next.client.Do(request) // its body is in memory
	if err != nil {
		s.seen.CompareAndSwap(sp, nil)
		return true, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.seen.CompareAndSwap(sp, nil)
		return true, refusalOf(response)
	}
	a.at = serviceDate(&smithyhttp.Response{Response: response})
	if err := a.hold(ctx); err != nil {
		return true, err
	}
	return true, a.read(response.Body, response.ContentLength)
}

func (s *shortcut) request(ctx context.Context, sp *specimen, iterator string, stream *string, limit int32) (*http.Request, error) {
	credentials, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(struct {
		Limit     int32
		Iterator  string  `json:"ShardIterator"`
		StreamARN *string `json:",omitempty"`
	}{limit, iterator, stream})
	if err != nil {
		return nil, err
	}
	at := *sp.url // the signer writes to it
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r := (&http.Request{
		Method: http.MethodPost, URL: &at, Host: at.Host, Header: sp.header.Clone(), GetBody: open, ContentLength: int64(len(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	r.Body, _ = open()
	hash := sha256.Sum256(body)
	return r, signer.SignHTTP(ctx, credentials, r, hex.EncodeToString(hash[:]), sp.service, sp.region, time.Now().Add(sp.skew))
}

var signer = v4.NewSigner()

// refusalOf is an error answer as the SDK would return it: code and message of
// the service's, in a ResponseError. A body that does not read is no answer of
// the service's.
func refusalOf(response *http.Response) error {
	answer := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxRefusal))
	var body struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"` // in any case of letters
	}
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		answer.Err = fmt.Errorf("answer %s does not read: %w", response.Status, err)
		return answer
	}
	const unknown = "UnknownError"
	code, _, _ := strings.Cut(cmp.Or(response.Header.Get("X-Amzn-Errortype"), body.Type, body.Code, unknown), ":")
	code = code[strings.LastIndexByte(code, '#')+1:]
	answer.Err = &smithy.GenericAPIError{Code: code, Message: cmp.Or(body.Message, unknown)}
	return answer
}
