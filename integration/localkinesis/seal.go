package localkinesis

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Tokens that clients hand back, shard iterators and NextTokens, carry all they
// stand for, so that they outlive a restart. A seal keeps made-up ones out.

// Kinds of tokens: the first byte of what is sealed says what it is.
const (
	sealIterator byte = iota // 0: like the service's, a shard iterator begins with A's
	sealShards
	sealStreams
	sealConsumers
)

const sealSize = 16 // bytes of the HMAC kept

// sealKey is no secret: a seal tells mistakes, not attackers.
var sealKey = []byte("localkinesis")

func seal(kind byte, content []byte) string {
	b := append([]byte{kind}, content...)
	return base64.StdEncoding.EncodeToString(append(b, mac(b)...))
}

// unseal returns the content of a token that seal made for the same kind.
func unseal(kind byte, token string) (content []byte, ok bool) {
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) < 1+sealSize || b[0] != kind {
		return nil, false
	}
	end := len(b) - sealSize
	return b[1:end], hmac.Equal(b[end:], mac(b[:end]))
}

func mac(b []byte) []byte {
	h := hmac.New(sha256.New, sealKey)
	h.Write(b)
	return h.Sum(nil)[:sealSize]
}
