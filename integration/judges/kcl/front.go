package kcl

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// front is a server behind TLS, which the KPL's daemon insists on. It notes
// what it is asked.
type front struct {
	port      string
	authority string // file of the certificate authority

	mu    sync.Mutex
	asked map[string]int // by operation and content type
}

func newFront(h *judge.Hearing, behind http.Handler) (*front, error) {
	certificate, authority, err := throwAway()
	if err != nil {
		return nil, err
	}
	f := &front{asked: map[string]int{}}
	if f.authority, err = h.File(filepath.Join("ca", "ca.pem"), authority); err != nil {
		return nil, err
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, err
	}
	f.port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		f.mu.Lock()
		f.asked[operation+" in "+r.Header.Get("Content-Type")]++
		f.mu.Unlock()
		behind.ServeHTTP(w, r)
	})}
	go func() { _ = server.Serve(l) }() // until Close
	h.AtEnd(func() { _ = server.Close() })
	return f, nil
}

// operations are what it was asked, in order.
func (f *front) operations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.asked))
}
