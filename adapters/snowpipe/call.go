package snowpipe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxAnswer bounds every answer that is read. 500 channel statuses are about
// 300 KB.
const maxAnswer = 1 << 20

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// caller sends requests. An error means that there was no complete answer.
type caller struct {
	http  *http.Client
	agent string
}

// call sends r to the host of acc with its credential.
func (c *caller) call(ctx context.Context, acc access, r *request) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, acc.host.URL()+r.path, nil)
	if err != nil {
		return nil, withoutURL(err)
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("Authorization", "Bearer "+acc.token)
	if acc.kind != "" {
		req.Header.Set("X-Snowflake-Authorization-Token-Type", string(acc.kind))
	}
	return c.do(req, r.body)
}

// do sends req with body and reads the whole answer.
func (c *caller) do(req *http.Request, body *payload) (*answer, error) {
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.ContentLength = body.length
		req.Body = body.reader()
		req.GetBody = func() (io.ReadCloser, error) { return body.reader(), nil }
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("answer %d was cut off: %w", res.StatusCode, withoutURL(err))
	case len(text) > maxAnswer:
		return nil, fmt.Errorf("answer %d is larger than %d bytes", res.StatusCode, maxAnswer)
	}
	return &answer{res.StatusCode, res.Header, text}, nil
}

// withoutURL drops the URL that net/http puts in front of an error: it may
// hold continuation tokens, and a proxy's may hold a password.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
