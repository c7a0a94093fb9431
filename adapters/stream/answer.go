package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	// maxBody bounds a GetRecords answer: 10 MiB of data in base64, and 10,000
	// records with keys of 256 characters, each up to six bytes as JSON.
	maxBody = 64 << 20
	// keepBody bounds what is kept. An answer of the aimed size is below it,
	// unless its records are small.
	keepBody = 4 << 20
	bodyStep = 256 << 10
)

// answer is one GetRecords answer: the body as it came, and where the records
// are in it. Nothing of it may be used after release.
type answer struct {
	body     []byte // followed by NULs, so that the parser needs no bounds of its own
	records  []view
	own      chan []byte // its client's body, for when others have all of bodies; nil = it has none
	lent     chan []byte // where body came from and goes back to; nil = nowhere
	rendered int         // records that were looked at, where not all were:
	cut      bool        // the block was full before the end
	data     int         // bytes of record data
	text     int         // bytes of partition keys, and twice those of sequence numbers
	iterator string      // NextShardIterator, or ContinuationSequenceNumber of an event; "" = null
	behind   int64       // MillisBehindLatest; -1 = not said
	children []messages.ShardID
	at       time.Time // Date; zero = not said
}

// view is where one record's members are in the body, between their quotes
// and still escaped.
type view struct {
	data     span
	key      span
	sequence span
	arrival  int64 // ms since 1970; 0 = not said
}

// span is a place in a body. A member that is absent or null has begin 0,
// where no string can be.
type span struct{ begin, end uint32 }

func (s span) in(body []byte) []byte { return body[s.begin:s.end] }
func (s span) absent() bool          { return s.begin == 0 }

var answers = sync.Pool{New: func() any { return new(answer) }}

func newAnswer() *answer {
	a := answers.Get().(*answer)
	*a = answer{records: a.records[:0], behind: -1}
	return a
}

// answer is an empty one of a client's.
func (c *Client) answer() *answer {
	a := newAnswer()
	a.own = c.body
	return a
}

// hold waits for a buffer to read the body into: one of all clients', or else
// its own client's.
func (a *answer) hold(ctx context.Context) error {
	select {
	case a.body = <-bodies:
		a.lent = bodies
		return nil
	default:
	}
	select {
	case a.body = <-bodies:
		a.lent = bodies
		return nil
	case a.body = <-a.own:
		a.lent = a.own
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// free gives the body back, and with it the right to read another.
func (a *answer) free() {
	if a.lent == nil {
		return
	}
	body, lent := a.body[:0], a.lent
	if cap(body) > keepBody {
		body = nil
	}
	a.body, a.lent = nil, nil
	lent <- body
}

// release frees the body, and everything else of the answer.
func (a *answer) release() {
	a.free()
	answers.Put(a)
}

var errBodySize = errors.New("answer is larger than 64 MiB")

// read fills the body. length is the announced one, -1 where none was.
func (a *answer) read(r io.Reader, length int64) error {
	if length > maxBody {
		return errBodySize
	}
	a.reserve(int(max(length, 0)))
	for {
		if len(a.body)+1+len(guard) > cap(a.body) {
			a.reserve(2 * len(a.body))
		}
		n, err := r.Read(a.body[len(a.body) : cap(a.body)-len(guard)])
		a.body = a.body[:len(a.body)+n]
		switch {
		case len(a.body) > maxBody:
			return errBodySize
		case err == io.EOF && length >= 0 && int64(len(a.body)) < length:
			return fmt.Errorf("answer broke off after %d of %d bytes: %w", len(a.body), length, io.ErrUnexpectedEOF)
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("answer broke off after %d bytes: %w", len(a.body), err)
		}
	}
}

// reserve makes room for n bytes in all, one more to meet the end in, and the
// guard behind them.
func (a *answer) reserve(n int) {
	n += 1 + len(guard)
	if n <= cap(a.body) {
		return
	}
	grown := make([]byte, len(a.body), (n+bodyStep-1)/bodyStep*bodyStep)
	copy(grown, a.body)
	a.body = grown
}
