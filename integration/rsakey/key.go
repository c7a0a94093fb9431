package rsakey

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"sync"
)

// Many is how many keys there are.
const Many = 4

// bits is the shortest key that Snowflake takes.
const bits = 2048

// keys are made once in a process, each when it is first asked for: to find the
// primes of one takes longer than most tests.
var keys = func() (keys [Many]func() *rsa.PrivateKey) {
	for n := range keys {
		keys[n] = sync.OnceValue(func() *rsa.PrivateKey {
			key, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				panic(err)
			}
			return key
		})
	}
	return keys
}()

// Key is key n, from 0 up to Many; another n panics. A process has the same ones
// to its end, and no other process has them.
func Key(n int) *rsa.PrivateKey { return keys[n]() }

// PEM is a key as private_key_file holds it: PKCS#8, not encrypted.
func PEM(key *rsa.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
