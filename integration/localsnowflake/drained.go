package localsnowflake

import (
	"io"
	"net/http"
)

// maxDrained bounds what is read of a body that nobody wants.
const maxDrained = 64 << 20

// drained reads what is left of a request's body before the answer begins. A
// server that answers and closes while its client still writes resets the
// connection, and a refusal that was definite becomes an unknown outcome.
type drained struct {
	http.ResponseWriter
	body  io.Reader
	begun bool
}

func (d *drained) drain() {
	if !d.begun {
		d.begun = true
		io.CopyN(io.Discard, d.body, maxDrained) // a client that is gone sees no answer either
	}
}

func (d *drained) WriteHeader(status int) {
	d.drain()
	d.ResponseWriter.WriteHeader(status)
}

func (d *drained) Write(p []byte) (int, error) {
	d.drain()
	return d.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (d *drained) Unwrap() http.ResponseWriter { return d.ResponseWriter }
