package localcloud

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// keyBits is the shortest key that Snowflake takes.
const keyBits = 2048

func (c *Cloud) keyFile() string { return filepath.Join(c.dir, "snowflake.p8") }

// loadKey reads the folder's key, or makes one.
func (c *Cloud) loadKey() (err error) {
	c.key, err = readKey(c.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		c.key, err = makeKey(c.keyFile())
	}
	return err
}

func readKey(path string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM file; remove it to get a new key", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s holds no RSA key in PKCS#8; remove it to get a new one", path)
	}
	return key, nil
}

// generated is the key of every cloud that this process makes: to find the
// primes of one takes longer than to start the rest.
var generated = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, keyBits) })

func makeKey(path string) (*rsa.PrivateKey, error) {
	key, err := generated()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}
