package mangle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// Converse writes text to a connection of its own to a server's URL, says that
// it will write no more where it hangs up, and returns what comes back until
// the server closes. A connection that neither side ends is an error.
func Converse(url, text string, hangUp bool) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return "", err
	}
	_, _ = io.WriteString(conn, text) // the server may have closed before it is all there
	if hangUp {
		_ = conn.(*net.TCPConn).CloseWrite() // as little as that
	}
	answer, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", fmt.Errorf("the connection hangs after %q", answer)
	}
	return string(answer), nil // a reset is the server's way to close, too
}
