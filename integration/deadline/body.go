package deadline

import (
	"io"
	"net/http"
	"time"
)

// Handler serves next and gives each request's body until d after its header.
// What is read later fails with an error that is os.ErrDeadlineExceeded; the
// connection is closed after the answer. A body that is there in time leaves no
// deadline behind. Where the connection knows none, as in a direct transport,
// there is none.
func Handler(next http.Handler, d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.ContentLength == 0 || control.SetReadDeadline(time.Now().Add(d)) != nil {
			next.ServeHTTP(w, r)
			return
		}
		waited := *r // net/http looks at the body of its own request again
		waited.Body = &body{ReadCloser: r.Body, control: control}
		next.ServeHTTP(w, &waited)
	})
}

// body lifts the deadline when it has been read to its end.
type body struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{}) // it could be set, so it can be lifted
	}
	return n, err
}
