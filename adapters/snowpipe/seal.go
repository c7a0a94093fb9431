package snowpipe

import (
	"errors"
	"io"
	"runtime"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/messages"
)

// zstdWindow bounds an encoder's memory; larger windows gained nothing.
const zstdWindow = 1 << 20

// Seal turns rows, in pieces, into a request body: compressed into one frame
// in buffers of the client's, or the pieces as they are. length is the body's
// in bytes, encoding what Content-Encoding says ("" = none). It only computes,
// on at most GOMAXPROCS goroutines at a time; others wait. The pieces must not
// change until the batch is appended where encoding is "".
func (c *Client) Seal(rows [][]byte) (body [][]byte, length int64, encoding string, err error) {
	return c.seals.seal(rows)
}

// Recycle takes back the buffers of a batch that Seal made, once its append
// was accepted or given up. The batch has no body afterwards.
func (c *Client) Recycle(batch *messages.SealedBatch) { c.seals.recycle(batch) }

// encoder is what zstd and gzip writers share.
type encoder interface {
	io.WriteCloser
	begin(to io.Writer, size int64)
}

// sealer compresses. Its encoders are few because each holds some MB.
type sealer struct {
	compression Compression
	encoders    chan encoder // nil = not made yet
	chunks      chunks
}

func newSealer(compression Compression) *sealer {
	s := &sealer{compression: compression, encoders: make(chan encoder, runtime.GOMAXPROCS(0))}
	for range cap(s.encoders) {
		s.encoders <- nil
	}
	return s
}

func (s *sealer) seal(rows [][]byte) ([][]byte, int64, string, error) {
	raw := int64(0)
	for _, piece := range rows {
		raw += int64(len(piece))
	}
	if raw == 0 {
		return nil, 0, "", errors.New("seal: no rows")
	}
	if s.compression == None {
		return slices.Clone(rows), raw, "", nil
	}
	to := newFrame(&s.chunks, raw)
	if err := s.compress(&to, rows, raw); err != nil {
		s.chunks.put(to.pieces)
		return nil, 0, "", err
	}
	return to.pieces, to.length, string(s.compression), nil
}

// compress writes rows to one frame. A failed encoder is not used again.
func (s *sealer) compress(to *frame, rows [][]byte, raw int64) (err error) {
	e := <-s.encoders
	defer func() {
		if err != nil {
			e = nil
		}
		s.encoders <- e
	}()
	if e == nil {
		if e, err = s.encoder(); err != nil {
			return err
		}
	}
	e.begin(to, raw)
	for _, piece := range rows {
		if _, err = e.Write(piece); err != nil {
			return err
		}
	}
	return e.Close()
}

func (s *sealer) encoder() (encoder, error) {
	if s.compression == Gzip {
		w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		return gzipEncoder{w}, err
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
	return zstdEncoder{w}, err
}

func (s *sealer) recycle(batch *messages.SealedBatch) {
	if batch.Encoding != "" {
		s.chunks.put(batch.Body)
	}
	batch.Body = nil
}

type zstdEncoder struct{ *zstd.Encoder }

func (e zstdEncoder) begin(to io.Writer, size int64) { e.ResetContentSize(to, size) }

type gzipEncoder struct{ *gzip.Writer }

func (e gzipEncoder) begin(to io.Writer, _ int64) { e.Reset(to) }
