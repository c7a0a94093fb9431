package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// front lets a Kinesis speak as the service does: TLS, and HTTP/2 with whoever
// can. All subscriptions of a process are then on one connection, whose trouble
// is theirs together.
type front struct {
	*httptest.Server
	trust         string       // file of the certificate that clients have to trust
	subscriptions atomic.Int64 // asked for over HTTP/2
}

// newFront begins to serve. Close it.
func newFront(kinesis *localkinesis.Server, dir string) (*front, error) {
	f := &front{trust: filepath.Join(dir, "kinesis.pem")}
	serve := kinesis.Handler()
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 && strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SubscribeToShard") {
			f.subscriptions.Add(1)
		}
		serve.ServeHTTP(w, r)
	}))
	f.EnableHTTP2 = true
	f.Config.ErrorLog = log.New(io.Discard, "", 0) // connections break all the time
	f.StartTLS()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})
	if err := os.WriteFile(f.trust, text, 0o600); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// close breaks its connections off, for subscriptions last, and waits for the
// calls.
func (f *front) close() {
	f.CloseClientConnections()
	f.Close()
}
