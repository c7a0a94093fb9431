package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/middleware"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
)

// caller is the host's HTTP client: it notes who made each GetRecords call, and
// may answer in the service's place.
type caller struct {
	next   aws.HTTPClient
	mu     sync.Mutex
	calls  []string // "sdk" or "short"
	last   *http.Request
	answer func(*http.Request) (*http.Response, error) // nil = the service
}

func (c *caller) Do(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetRecords") {
		return c.next.Do(r)
	}
	who := "short"
	if r.Header.Get("Amz-Sdk-Invocation-Id") != "" {
		who = "sdk"
	}
	c.mu.Lock()
	c.calls, c.last = append(c.calls, who), r
	answer := c.answer
	c.mu.Unlock()
	if answer != nil {
		if response, err := answer(r); response != nil || err != nil {
			return response, err
		}
	}
	return c.next.Do(r)
}

func (c *caller) made() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.calls, " ")
}

func (c *caller) answers(with func(*http.Request) (*http.Response, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = with
}

// called puts a caller between the world's source and its server.
func (w *world) called() *caller {
	c := &caller{next: awshttp.NewBuildableClient()}
	w.config.AWS.HTTPClient = c
	return c
}

// refuse answers with an error, each time.
func refuse(status int, header http.Header, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Status: fmt.Sprint(status), Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
}

func TestPollsRepeatTheFirstCallOfTheSDK(t *testing.T) {
	w := newWorld(t, 1)
	c := w.called()
	source := w.open(messages.ReadFrom{})
	for range 3 {
		w.put(objects(2)...)
		if b := w.next(source); len(b.Marks) != 2 || b.At.IsZero() {
			t.Fatalf("block of %d records at %s", len(b.Marks), b.At)
		}
	}
	if got := c.made(); got != "sdk short short" {
		t.Errorf("calls of %s", got)
	}
	r := c.last
	if host := strings.TrimPrefix(w.URL(), "http://"); r.Host != host || !strings.Contains(r.Header.Get("User-Agent"), "aws-sdk-go-v2") {
		t.Errorf("host %s, header %v", r.Host, r.Header)
	}
	for _, part := range []string{"Credential=AKIDEXAMPLE/", "/us-east-1/kinesis/aws4_request", "content-type", "host", "x-amz-date", "x-amz-target"} {
		if !strings.Contains(r.Header.Get("Authorization"), part) {
			t.Errorf("signature %s lacks %s", r.Header.Get("Authorization"), part)
		}
	}
}

// TestARepeatedCallIsRefusedAsTheSDKsIs: the same answers have the same meaning.
func TestARepeatedCallIsRefusedAsTheSDKsIs(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"denied":          refuse(400, nil, `{"__type":"AccessDeniedException","message":"not authorized"}`),
		"of a namespace":  refuse(400, nil, `{"__type":"com.amazonaws.kinesis.v20131202#AccessDeniedException","Message":"no"}`),
		"in the header":   refuse(400, http.Header{"X-Amzn-Errortype": {"KMSDisabledException:http://internal.amazon.com/coral/"}}, `{"message":"off"}`),
		"in code":         refuse(403, nil, `{"code":"UnrecognizedClientException","message":"token"}`),
		"of a signature":  refuse(400, nil, `{"__type":"InvalidSignatureException","message":"no match\n\nThe Canonical String was\nx-amz-security-token:FQoG"}`),
		"throttled":       refuse(400, nil, `{"__type":"ProvisionedThroughputExceededException","message":"slow"}`),
		"a broken server": refuse(500, nil, `<html>oops</html>`),
		"nothing":         refuse(503, nil, ``),
		"no connection":   func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			c := w.called()
			w.config.Patience = time.Nanosecond
			warm, cold := w.open(messages.ReadFrom{}), w.open(messages.ReadFrom{})
			w.put(`{}`)
			w.next(warm)
			c.answers(answer)
			_, err1 := warm.Next(t.Context(), 1<<20)
			_, err2 := cold.Next(t.Context(), 1<<20)
			if got := c.made(); !strings.HasPrefix(got, "sdk short sdk") || strings.Count(got, "short") != 1 {
				t.Errorf("calls of %s", got)
			}
			short, sdk := faulted(t, err1), faulted(t, err2)
			if len(w.retried) > 0 { // what passes with time was borne once
				short, sdk = w.retried[0], w.retried[1]
			}
			if short.Class != sdk.Class || short.Reason != sdk.Reason || short.Stop != sdk.Stop || short.Hint != sdk.Hint || short.Complete != sdk.Complete {
				t.Errorf("fault %+v, the SDK's is %+v", short, sdk)
			}
			if short.Complete && short.Error() != sdk.Error() {
				t.Errorf("text %s, the SDK's is %s", short, sdk)
			}
		})
	}
}

// TestWhatWasNotAnsweredWellIsTheSDKsNext: whatever changed, it finds out.
func TestWhatWasNotAnsweredWellIsTheSDKsNext(t *testing.T) {
	w := newWorld(t, 1)
	c := w.called()
	source := w.open(messages.ReadFrom{})
	w.put(`{}`)
	w.next(source)
	once := true
	throttle := refuse(400, nil, `{"__type":"ProvisionedThroughputExceededException","message":"slow"}`)
	c.answers(func(r *http.Request) (*http.Response, error) {
		if once {
			once = false
			return throttle(r)
		}
		return nil, nil
	})
	for range 2 {
		w.put(`{}`)
		w.next(source)
	}
	if got := c.made(); got != "sdk short sdk short" {
		t.Errorf("calls of %s", got)
	}
}

// TestAWrongClockIsSignedAsTheSDKLearned: a repeated call carries the difference
// that the SDK's own had.
func TestAWrongClockIsSignedAsTheSDKLearned(t *testing.T) {
	w := newWorld(t, 1)
	c := w.called()
	const ahead = 11 * time.Minute // the service is
	c.answers(func(r *http.Request) (*http.Response, error) {
		signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil {
			return nil, err
		}
		if now := time.Now().Add(ahead); now.Sub(signed).Abs() > 5*time.Minute {
			return refuse(400, http.Header{"Date": {now.UTC().Format(http.TimeFormat)}},
				`{"__type":"InvalidSignatureException","message":"Signature expired: it is later"}`)(r)
		}
		return nil, nil
	})
	source := w.open(messages.ReadFrom{})
	for range 3 {
		w.put(`{}`)
		w.next(source)
	}
	if got := c.made(); got != "sdk sdk short short" {
		t.Errorf("calls of %s", got)
	}
}

// TestAHostThatWatchesTheSDKSeesEveryCall: what it put between the SDK and the
// wire must not be passed by.
func TestAHostThatWatchesTheSDKSeesEveryCall(t *testing.T) {
	w := newWorld(t, 1)
	c := w.called()
	w.config.AWS.APIOptions = append(w.config.AWS.APIOptions, func(*middleware.Stack) error { return nil })
	source := w.open(messages.ReadFrom{})
	for range 2 {
		w.put(`{}`)
		w.next(source)
	}
	if got := c.made(); got != "sdk sdk" {
		t.Errorf("calls of %s", got)
	}
}

// TestRepeatedCallsUseTheCredentialsOfTheMoment, not those of the first call,
// and leave it to the SDK to say that there are none.
func TestRepeatedCallsUseTheCredentialsOfTheMoment(t *testing.T) {
	w := newWorld(t, 1)
	c := w.called()
	n := 0
	w.config.AWS.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if n++; n > 12 {
			return aws.Credentials{}, errors.New("the role is gone")
		}
		return aws.Credentials{AccessKeyID: fmt.Sprint("KEY", n), SecretAccessKey: "s", SessionToken: fmt.Sprint("token", n)}, nil
	})
	source := stream.New(w.config).Open(messages.Shard{ID: "shardId-000000000000"}, messages.ReadFrom{})
	w.put(`{}`)
	w.next(source)
	w.put(`{}`)
	w.next(source)
	n = 11
	w.put(`{}`)
	w.next(source)
	if got := c.last.Header; !strings.Contains(got.Get("Authorization"), "KEY12/") || got.Get("X-Amz-Security-Token") != "token12" {
		t.Errorf("header %v", got)
	}
	_, err := source.Next(t.Context(), 1<<20)
	if f := faulted(t, err); f.Class != messages.Rejected || f.Stop != messages.AccessDenied {
		t.Errorf("fault %+v", f)
	}
}
