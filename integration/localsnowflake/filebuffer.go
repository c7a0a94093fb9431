package localsnowflake

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// maxFragments bounds one registration, and maxFragmentBytes what its
// fragments hold unpacked together. No figures are published.
const (
	maxFragments     = 1000
	maxFragmentBytes = 1 << 30
)

// fragment describes a part of a file on the stage. Numbers may come as
// strings.
type fragment struct {
	Path        string  `json:"file_path"`
	ContentType string  `json:"content_type"`
	ETag        string  `json:"file_etag"`
	Start       number  `json:"fragment_start_byte_offset"`
	Length      number  `json:"fragment_length_bytes"`
	Unpacked    number  `json:"fragment_length_uncompressed_bytes"`
	Rows        number  `json:"fragment_row_count"`
	StartToken  string  `json:"fragment_start_offset_token"`
	EndToken    *string `json:"fragment_end_offset_token"`
	IV          string  `json:"iv_base64"`
	Version     string  `json:"encryption_version"`
	KeyID       number  `json:"master_key_id"`
}

// number is an integer, or a string that holds one.
type number int64

// UnmarshalJSON takes both.
func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseInt(string(bytes.Trim(text, `"`)), 10, 64)
	if string(text) == "null" {
		return nil
	}
	*n = number(v)
	return err
}

// fileBuffer answers POST /data/.../channels/C/filebuffer (spec 1.10): an
// append whose rows lie in files on the stage. What holds for the rows of an
// append holds for it.
func (s *Server) fileBuffer(w http.ResponseWriter, r *http.Request, t target) {
	who, err := s.auth.ingest(r)
	if err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.pipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	b, err := s.fragments(r, pipe)
	if err != nil {
		writeError(w, err)
		return
	}
	s.answerAppend(w, r, pipe, t.channel, b)
}

// fragments reads a registration and the fragments that it names.
func (s *Server) fragments(r *http.Request, pipe *catalog.Pipe) (*batch, error) {
	var list []fragment
	if err := readJSON(r, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > maxFragments {
		return nil, refuse(http.StatusBadRequest, CodeInvalidRequest, fmt.Sprintf("body is not a list of 1 to %d fragments", maxFragments))
	}
	b := &batch{start: list[0].StartToken}
	for i := range list {
		if err := s.unpack(&list[i], pipe, b); err != nil {
			return nil, refuse(http.StatusBadRequest, CodeInvalidRequest, fmt.Sprintf("fragment %d: %v", i, err))
		}
		if list[i].EndToken != nil {
			b.end = list[i].EndToken
		}
	}
	return b, nil
}

// unpack appends a fragment's rows to a batch.
func (s *Server) unpack(f *fragment, pipe *catalog.Pipe, b *batch) error {
	file := s.stage.file(f.Path)
	switch {
	case file == nil:
		return fmt.Errorf("file_path %q: no such file", f.Path)
	case f.ETag != "" && trimQuotes(f.ETag) != file.etag:
		return fmt.Errorf("file_etag is not the file's")
	case f.Version != encryptionVersion:
		return fmt.Errorf("encryption_version %q is not %s", f.Version, encryptionVersion)
	case int64(f.KeyID) != pipe.ID:
		return fmt.Errorf("master_key_id is not the pipe's")
	case f.Start < 0 || f.Length < 0 || int64(f.Start) > int64(len(file.data))-int64(f.Length):
		return fmt.Errorf("the file has %d bytes, not %d at %d", len(file.data), f.Length, f.Start)
	case len(b.body) >= maxFragmentBytes:
		return fmt.Errorf("more than %d bytes in one request", maxFragmentBytes)
	}
	packed, err := s.decrypt(file.data[f.Start:f.Start+f.Length], f.IV, pipe)
	if err != nil {
		return err
	}
	// What a client says of the unpacked length is an estimate.
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(maxFragmentBytes-len(b.body))))
	if err != nil {
		return err
	}
	defer decoder.Close()
	if b.body, err = decoder.DecodeAll(packed, slices.Grow(b.body, int(min(max(f.Unpacked, 0), 4*f.Length)))); err != nil {
		return fmt.Errorf("is not zstd of at most %d bytes once decrypted: %w", maxFragmentBytes, err)
	}
	if len(b.body) > 0 && b.body[len(b.body)-1] != '\n' {
		b.body = append(b.body, '\n')
	}
	return nil
}

func (s *Server) decrypt(data []byte, iv string, pipe *catalog.Pipe) ([]byte, error) {
	vector, err := base64.StdEncoding.DecodeString(iv)
	if err != nil || len(vector) != aes.BlockSize {
		return nil, fmt.Errorf("iv_base64 is not base64 of %d bytes", aes.BlockSize)
	}
	block, err := aes.NewCipher(s.pipeKey(pipe))
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(data))
	cipher.NewCTR(block, vector).XORKeyStream(plain, data)
	return plain, nil
}

func trimQuotes(etag string) string { return string(bytes.Trim([]byte(etag), `"`)) }
