//go:build !unix

package control

import (
	"errors"
	"net"
)

// nobody reports whether an error of Dial means that no process is there.
func nobody(err error) bool {
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial" && !dial.Timeout()
}
