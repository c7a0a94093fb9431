//go:build unix

package scenarios

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestKP21ServersThatAppearLaterAreWaitedFor starts a process before anything that
// it needs, and lets the servers appear one after the other.
func TestKP21ServersThatAppearLaterAreWaitedFor(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(0, 30)
	servers := []struct {
		url     string
		handler http.Handler
		place   place
	}{{url: w.Dynamo.URL(), handler: w.Dynamo.Handler()}, {url: w.Kinesis.URL(), handler: w.Kinesis.Handler()}, {url: w.Snowflake.URL(), handler: w.Snowflake.Handler()}}
	for i := range servers {
		servers[i].place = w.reserve()
		w.rewrite(servers[i].url, "http://"+servers[i].place.address)
	}
	j := w.run(process.Options{UntilCaughtUp: true})
	seen := 0
	for i := range servers {
		if i < 2 {
			w.wait("refused", func() bool { return len(j.log.with("cannot begin yet")) > seen })
		} else {
			j.until("opening", func(s *messages.State) bool { return len(s.Shards) == 2 })
		}
		w.serve(servers[i].place, servers[i].handler)
		seen = len(j.log.with("cannot begin yet"))
	}
	j.ends(process.ExitFine)
	w.expect("", between(0, 30)...)
}

// place is a loopback address that is taken, and where every connection is
// refused until somebody listens. (A free one would be given to any other
// socket of this machine.)
type place struct {
	address string
	socket  int
}

func (w *world) reserve() place {
	w.t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		w.t.Fatal(err)
	}
	name, err := syscall.Getsockname(socket)
	if err != nil {
		w.t.Fatal(err)
	}
	return place{fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port), socket}
}

// serve serves a handler at a place until the test ends.
func (w *world) serve(at place, handler http.Handler) {
	w.t.Helper()
	file := os.NewFile(uintptr(at.socket), at.address)
	defer file.Close()
	if err := syscall.Listen(at.socket, syscall.SOMAXCONN); err != nil {
		w.t.Fatal(err)
	}
	l, err := net.FileListener(file)
	if err != nil {
		w.t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	w.t.Cleanup(func() { server.Close() })
	go server.Serve(l)
}
