package snowpipe

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/youmark/pkcs8"
)

// ParsePrivateKey reads an RSA private key: PEM of PKCS#8 (encrypted or not)
// or PKCS#1, or the bare base64 of PKCS#8 that Snowflake's Kafka connector
// takes. passphrase is for encrypted keys only. No error repeats the text.
func ParsePrivateKey(text []byte, passphrase string) (*rsa.PrivateKey, error) {
	kind, der := "PRIVATE KEY", []byte(nil)
	if block, _ := pem.Decode(text); block != nil {
		kind, der = block.Type, block.Bytes
	} else {
		bare, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(text), nil)))
		if err != nil || len(bare) == 0 {
			return nil, errors.New("private key: neither PEM nor base64")
		}
		der = bare
	}
	key, err := parseDER(kind, der, passphrase)
	if err != nil {
		return nil, err
	}
	if bits := key.N.BitLen(); bits < minKeyBits {
		return nil, fmt.Errorf("private key: %d bits, at least %d", bits, minKeyBits)
	}
	return key, nil
}

func parseDER(kind string, der []byte, passphrase string) (*rsa.PrivateKey, error) {
	switch kind {
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(der)
		if err != nil {
			return nil, errors.New("private key: the PEM block holds no RSA key (is it encrypted the old way? convert it: openssl pkcs8 -topk8)")
		}
		return key, nil
	case "ENCRYPTED PRIVATE KEY":
		if passphrase == "" {
			return nil, errors.New("private key: it is encrypted: give its passphrase")
		}
		key, err := pkcs8.ParsePKCS8PrivateKeyRSA(der, []byte(passphrase))
		if err != nil {
			return nil, errors.New("private key: it cannot be decrypted: wrong passphrase, or a cipher other than AES and 3DES of PBES2")
		}
		return key, nil
	case "PRIVATE KEY":
		key, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, errors.New("private key: not PKCS#8")
		}
		if key, ok := key.(*rsa.PrivateKey); ok {
			return key, nil
		}
		return nil, errors.New("private key: Snowflake takes RSA keys only")
	}
	return nil, fmt.Errorf("private key: the PEM block is a %q, want a PRIVATE KEY", clip(kind, 40))
}
