package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

const (
	getRecordsTarget = kinesisTarget + "GetRecords"
	amzJSON          = "application/x-amz-json-1.1"
	pipePath         = "/v2/streaming/data/databases/RAW/schemas/EVENTS/pipes/BENCH-STREAMING/channels/"
	openPath         = "/v2/streaming/databases/RAW/schemas/EVENTS/pipes/BENCH-STREAMING/channels/"
)

// httpWire is C1's: net/http, the class of transport that the connector has.
type httpWire struct {
	client *http.Client
	at     endpoints
}

func dialHTTP(at endpoints) (wire, error) {
	return &httpWire{&http.Client{Transport: &http.Transport{}}, at}, nil
}

func (w *httpWire) records(request, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.at.Kinesis, bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	r.Header["X-Amz-Target"] = []string{getRecordsTarget}
	r.Header["Content-Type"] = []string{amzJSON}
	return w.do(r, body)
}

func (w *httpWire) rows(channel, token string, batch []byte) (string, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
		w.at.Snowflake+pipePath+channel+"/rows?continuationToken="+url.QueryEscape(token), bytes.NewReader(batch))
	if err != nil {
		return "", err
	}
	r.Header["Content-Type"] = []string{"application/x-ndjson"}
	answer, err := w.do(r, nil)
	if err != nil {
		return "", err
	}
	return nextToken(answer)
}

// do sends a request and reads the whole answer, in buffer where it fits.
func (w *httpWire) do(r *http.Request, buffer []byte) ([]byte, error) {
	response, err := w.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.ContentLength < 0 {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return nil, fmt.Errorf("answer %s: %s", response.Status, text)
	}
	if int64(cap(buffer)) < response.ContentLength {
		buffer = make([]byte, response.ContentLength)
	}
	buffer = buffer[:response.ContentLength]
	_, err = io.ReadFull(response.Body, buffer)
	return buffer, err
}

func nextToken(answer []byte) (string, error) {
	var a struct {
		Next string `json:"next_continuation_token"`
	}
	err := json.Unmarshal(answer, &a)
	if err == nil && a.Next == "" {
		err = fmt.Errorf("answer %q holds no token", answer)
	}
	return a.Next, err
}

// openChannel opens a channel for a straight-line program, before the clock
// starts.
func openChannel(at endpoints, channel string) (string, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPut, at.Snowflake+openPath+channel, http.NoBody)
	if err != nil {
		return "", err
	}
	w := httpWire{client: http.DefaultClient}
	answer, err := w.do(r, nil)
	if err != nil {
		return "", err
	}
	return nextToken(answer)
}
