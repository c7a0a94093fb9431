package localsnowflake

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// putObject answers PUT /BUCKET/KEY as S3 does (PutObject): plain, or in
// aws-chunked encoding with a CRC32 behind it, which is how AWS's SDKs send.
func (s *Server) putObject(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/"+stageBucket+"/")
	if err := s.stage.allow(key, r.Header, s.options.Now()); err != nil {
		writeStageError(w, err)
		return
	}
	data, err := objectBody(r)
	if err != nil {
		writeStageError(w, err)
		return
	}
	sum := md5.Sum(data) // S3's ETag is one; nobody relies on it for safety
	f := &stageFile{data: data, etag: hex.EncodeToString(sum[:]), at: s.options.Now()}
	s.stage.put(key, f)
	w.Header().Set("ETag", strconv.Quote(f.etag))
	w.WriteHeader(http.StatusOK)
}

// objectBody reads an object of at most stageKept bytes.
func objectBody(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return readObject(r.Body, r.ContentLength)
	}
	announced, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	switch {
	case err != nil, announced < 0:
		return nil, refuse(http.StatusLengthRequired, "MissingContentLength", "You must provide the x-amz-decoded-content-length HTTP header.")
	case r.ContentLength >= 0 && announced > r.ContentLength: // what encodes it is longer: no memory for what cannot come
		return nil, refuse(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly.")
	}
	// A chunk's head is its length in hexadecimal, perhaps with a signature as
	// an extension: the chunks of HTTP/1.1. What follows the last one is read
	// as a trailer here.
	wire := bufio.NewReader(r.Body)
	data, err := readObject(httputil.NewChunkedReader(wire), announced)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != announced {
		return nil, refuse(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly.")
	}
	return data, checkTrailer(wire, data)
}

func readObject(from io.Reader, announced int64) ([]byte, error) {
	data, err := readInto(nil, from, announced, stageKept)
	var tooBig *refusal
	if errors.As(err, &tooBig) {
		return nil, refuse(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly.")
	}
	return data, nil
}

// checkTrailer verifies the checksum behind the last chunk, where it is one
// that is known here.
func checkTrailer(wire *bufio.Reader, data []byte) error {
	for {
		line, err := wire.ReadString('\n')
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if strings.EqualFold(name, "x-amz-checksum-crc32") {
			sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(data))
			if got, err := base64.StdEncoding.DecodeString(value); err != nil || !bytes.Equal(got, sum) {
				return refuse(http.StatusBadRequest, "BadDigest", "The CRC32 you specified did not match the calculated checksum.")
			}
		}
		if err != nil {
			return nil
		}
	}
}

// stageError is S3's error document.
type stageError struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
}

func writeStageError(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		r = refuse(http.StatusInternalServerError, "InternalError", err.Error())
	}
	writeStageFault(w, &r.Refusal)
}

func writeStageFault(w http.ResponseWriter, r *fault.Refusal) {
	encoded, err := xml.Marshal(stageError{Code: r.Code, Message: r.Message})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(r.Status)
	w.Write(append([]byte(xml.Header), encoded...))
}
