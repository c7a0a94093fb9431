package localsnowflake

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// wireBuffers holds buffers of packed bodies, which live only until unpacked.
var wireBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 256<<10); return &b }}

// unpacker turns append bodies into NDJSON. It is safe for concurrent use.
type unpacker struct {
	zstd *zstd.Decoder
	max  int // unpacked bytes
}

func newUnpacker(max int) (*unpacker, error) {
	// DecodeAll keeps one block decoder per concurrent call.
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(uint64(max)))
	if err != nil {
		return nil, err
	}
	return &unpacker{zstd: d, max: max}, nil
}

func (u *unpacker) close() { u.zstd.Close() }

// body reads an append's body. The result belongs to the caller.
func (u *unpacker) body(r *http.Request) ([]byte, error) {
	encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding")))
	if encoding == "" || encoding == "identity" {
		return readAll(r.Body, r.ContentLength, maxWireBytes)
	}
	if encoding != "zstd" && encoding != "gzip" {
		return nil, refuse(http.StatusUnsupportedMediaType, CodeInvalidRequest, "Content-Encoding must be zstd or gzip")
	}
	pooled := wireBuffers.Get().(*[]byte)
	defer wireBuffers.Put(pooled)
	wire, err := readInto((*pooled)[:0], r.Body, r.ContentLength, maxWireBytes)
	*pooled = wire[:0]
	if err != nil {
		return nil, brokenOff(err)
	}
	hint, err := strconv.Atoi(r.Header.Get("x-snowflake-uncompressed-content-length"))
	if err != nil {
		hint = unpackedSize(encoding, wire) // the header is optional
	}
	out := make([]byte, 0, max(0, min(hint, u.max)))
	if encoding == "zstd" {
		out, err = u.zstd.DecodeAll(wire, out)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || len(out) > u.max {
			return nil, tooLarge(u.max)
		}
	} else {
		out, err = u.gunzip(wire, out)
	}
	var refused *refusal
	if err != nil && !errors.As(err, &refused) {
		return nil, refuse(http.StatusBadRequest, CodeInvalidRequest, "body is not valid "+encoding)
	}
	if cap(out) > len(out)+len(out)/4 {
		out = slices.Clone(out) // rows keep this memory; do not keep what is beyond
	}
	return out, err
}

// unpackedSize is what a body says of its unpacked size, or a guess. It may be
// wrong, and only saves memory from being grown or copied.
func unpackedSize(encoding string, wire []byte) int {
	var frame zstd.Header
	if encoding == "zstd" && frame.Decode(wire) == nil && frame.HasFCS {
		return int(min(frame.FrameContentSize, maxFragmentBytes)) + zstdSlack
	}
	return 4 * len(wire)
}

// zstdSlack is what the decoder wants beyond a frame's size not to grow its
// buffer (klauspost/compress, compressedBlockOverAlloc).
const zstdSlack = 16

func (u *unpacker) gunzip(wire, out []byte) ([]byte, error) {
	packed, err := gzip.NewReader(bytes.NewReader(wire))
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	return readInto(out, packed, -1, u.max)
}

// readAll reads a request's body of at most limit bytes; more is a 413.
func readAll(from io.Reader, announced int64, limit int) ([]byte, error) {
	body, err := readInto(nil, from, announced, limit)
	return body, brokenOff(err)
}

// brokenOff words what kept a body from arriving. A client that is still there
// may send the request again.
func brokenOff(err error) error {
	var refused *refusal
	switch {
	case err == nil, errors.As(err, &refused):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout, CodeInvalidRequest, "the request's body did not arrive in time")
	}
	return refuse(http.StatusBadRequest, CodeInvalidRequest, "the request's body broke off")
}

func readInto(b []byte, from io.Reader, announced int64, limit int) ([]byte, error) {
	if announced > int64(limit) {
		return b, tooLarge(limit)
	}
	if announced >= int64(cap(b)) {
		b = make([]byte, 0, announced+1) // one spare byte sees the end without growing
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := from.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if len(b) > limit {
			return b, tooLarge(limit)
		}
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

func tooLarge(limit int) error {
	return refuse(http.StatusRequestEntityTooLarge, CodeTooLarge,
		"request body exceeds "+strconv.Itoa(limit)+" bytes; send fewer rows per request")
}
