package rsakey_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/kinesnow/kinesnow/integration/rsakey"
)

func TestKeysDifferAndStayTheSame(t *testing.T) {
	t.Parallel()
	if rsakey.Key(0).Equal(rsakey.Key(1)) || !rsakey.Key(0).Equal(rsakey.Key(0)) {
		t.Error("key 0 is not one key, or key 1 is the same")
	}
	block, rest := pem.Decode(rsakey.PEM(rsakey.Key(1)))
	if block == nil || block.Type != "PRIVATE KEY" || len(rest) > 0 {
		t.Fatalf("%+v and %q", block, rest)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if own, is := key.(*rsa.PrivateKey); err != nil || !is || !own.Equal(rsakey.Key(1)) {
		t.Errorf("%T, %v", key, err)
	}
}
