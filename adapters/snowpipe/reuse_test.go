package snowpipe_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
)

// net/http may go on sending a body after the call that it belongs to has
// returned. What is put into a reused buffer meanwhile must not reach the wire.
func TestABatchMayBeReusedOnceItsAppendReturned(t *testing.T) {
	begun, reused, seen := make(chan struct{}), make(chan struct{}), make(chan bool, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/streaming/hostname" {
			_, _ = io.WriteString(w, r.Host)
			return
		}
		if _, err := io.ReadFull(r.Body, make([]byte, 64<<10)); err != nil {
			t.Error(err)
		}
		close(begun)
		<-reused
		rest, _ := io.ReadAll(r.Body)
		seen <- bytes.IndexByte(rest, '2') >= 0
	}))
	t.Cleanup(server.Close)
	c, err := snowpipe.New(snowpipe.Config{Account: "A", Host: server.URL, Database: "D", Schema: "S", Pipe: "P", Tokens: &counted{direct: true}})
	if err != nil {
		t.Fatal(err)
	}
	rows := bytes.Repeat([]byte{'1'}, messages.MaxAppendBytes)
	short, leave := context.WithCancel(ctx)
	go func() {
		<-begun
		leave()
	}()
	_, err = c.Append(short, "c", "0_1", &messages.SealedBatch{Body: [][]byte{rows}, Length: int64(len(rows)), Raw: int64(len(rows))})
	wantFault(t, err, messages.Transient, messages.ReasonUnavailable, false)
	for i := range rows {
		rows[i] = '2'
	}
	close(reused)
	if <-seen {
		t.Error("bytes of another batch were sent")
	}
}
