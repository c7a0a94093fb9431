package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/kinesnow/kinesnow/supervisor/config"
)

// portsTried is how many ports after the default one are tried when it is
// taken: several processes on one machine need no configuration for that.
const portsTried = 10

// listen opens the read-only port. A default that is taken moves on to the next
// free port; an address that the file chose does not.
func listen(c config.HTTP) (net.Listener, error) {
	listener, err := listenTCP(c.Listen)
	if err == nil || c.Explicit || !errors.Is(err, syscall.EADDRINUSE) {
		return listener, explain(c, err)
	}
	host, text, splitErr := net.SplitHostPort(c.Listen)
	port, portErr := strconv.Atoi(text)
	if splitErr != nil || portErr != nil {
		return nil, explain(c, err)
	}
	for next := port + 1; next <= port+portsTried; next++ {
		if listener, nextErr := listenTCP(net.JoinHostPort(host, strconv.Itoa(next))); nextErr == nil {
			return listener, nil
		}
	}
	return nil, explain(c, err)
}

func listenTCP(address string) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(context.Background(), "tcp", address) // at once, whatever ends later
}

// explain names the key and the way out.
func explain(c config.HTTP, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EADDRINUSE) && c.Explicit:
		return fmt.Errorf("http.listen: %s is taken by another process; free it, choose another port, or port 0 for any: %w", c.Listen, err)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("http.listen: %s and the %d ports after it are taken; set http.listen, port 0 takes any: %w", c.Listen, portsTried, err)
	}
	return fmt.Errorf("http.listen: %s: %w", c.Listen, err)
}

// baseURL is how the listener is reached from this machine.
func baseURL(l net.Listener) string {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return "http://" + l.Addr().String()
	}
	host := addr.IP.String()
	if addr.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(addr.Port))
}
