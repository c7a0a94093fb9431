package config

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/youmark/pkcs8"
)

// minKeyBits is the shortest key that Snowflake takes.
const minKeyBits = 2048

// PrivateKey reads and parses the key that signs JWTs: PrivateKeyInline, or
// else PrivateKeyFile, anew on every call so that a rotated file is seen. It
// takes PEM of PKCS#8, PKCS#1 and encrypted PKCS#8, and the bare base64 of
// their DER (specs: snowpipe-streaming 2.3). RSA of at least 2,048 bits. Errors
// hold neither the key nor the passphrase.
func (s Snowflake) PrivateKey() (*rsa.PrivateKey, error) {
	return s.privateKey(readFile)
}

// SecondPrivateKey is the same for PrivateKeyFile2, to be tried when Snowflake
// refuses the first key. Without that file it returns nil and no error.
func (s Snowflake) SecondPrivateKey() (*rsa.PrivateKey, error) {
	return s.secondPrivateKey(readFile)
}

// Token reads the programmatic access token, anew on every call.
func (s Snowflake) Token() (Secret, error) {
	return s.token(readFile)
}

const unreadable = "the file cannot be read"

type readFunc func(path string) ([]byte, error)

func (s Snowflake) privateKey(read readFunc) (*rsa.PrivateKey, error) {
	if s.PrivateKeyInline != "" {
		return parsePrivateKey([]byte(s.PrivateKeyInline.Reveal()), s.PrivateKeyPassphrase)
	}
	return s.keyFile(s.PrivateKeyFile, read)
}

func (s Snowflake) secondPrivateKey(read readFunc) (*rsa.PrivateKey, error) {
	if s.PrivateKeyFile2 == "" {
		return nil, nil
	}
	return s.keyFile(s.PrivateKeyFile2, read)
}

func (s Snowflake) keyFile(path string, read readFunc) (*rsa.PrivateKey, error) {
	text, err := readSecret(path, read)
	if err != nil {
		return nil, err
	}
	return parsePrivateKey(text, s.PrivateKeyPassphrase)
}

func (s Snowflake) token(read readFunc) (Secret, error) {
	text, err := readSecret(s.TokenFile, read)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	switch {
	case token == "":
		return "", errors.New("holds no token")
	case strings.ContainsAny(token, " \t\r\n"):
		return "", errors.New("must hold the token alone")
	}
	return Secret(token), nil
}

// readSecret reads a file. Its errors do not quote the path, which may be a key
// or a token pasted where its file belongs; the default path is known.
func readSecret(path string, read readFunc) ([]byte, error) {
	if path == "" {
		return nil, errors.New("no file is named")
	}
	text, err := read(path)
	switch {
	case err == nil:
		return text, nil
	case path == DefaultPrivateKeyFile:
		return nil, fmt.Errorf("%s cannot be read: %s", path, reason(err))
	case strings.Contains(path, "-----BEGIN"), len(filepath.Base(path)) > maxQuoted:
		return nil, errors.New("names no file; it looks like the secret itself, and a path goes here")
	}
	return nil, errors.New(unreadable + ": " + reason(err))
}

// armour is PEM with any white space, even on one line as variables hold it.
var armour = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)

func parsePrivateKey(text []byte, passphrase Secret) (*rsa.PrivateKey, error) {
	label := ""
	if m := armour.FindSubmatch(bytes.ReplaceAll(text, []byte(`\n`), []byte("\n"))); m != nil {
		label, text = string(m[1]), m[2]
	} else if bytes.Contains(text, []byte("-----")) {
		return nil, errors.New("is not a whole PEM block")
	}
	if bytes.Contains(text, []byte("Proc-Type:")) {
		return nil, errors.New("is encrypted in the way of old PEM; convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc")
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil || len(der) == 0 {
		return nil, errors.New("is not a private key: neither PEM nor base64")
	}
	key, err := parseDER(label, der, passphrase)
	if err != nil {
		return nil, err
	}
	if bits := key.N.BitLen(); bits < minKeyBits {
		return nil, fmt.Errorf("has %d bits; Snowflake takes RSA keys from %d bits on", bits, minKeyBits)
	}
	return key, nil
}

// parseDER tries what the label says, or everything when there is none.
func parseDER(label string, der []byte, passphrase Secret) (*rsa.PrivateKey, error) {
	switch label {
	case "", "PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
	default:
		return nil, fmt.Errorf("holds %s; an RSA private key goes here", strings.ToLower(label))
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if rsaKey, ok := key.(*rsa.PrivateKey); ok {
			return rsaKey, nil
		}
		return nil, errors.New("is not an RSA key; Snowflake takes RSA")
	}
	if label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" {
		return nil, errors.New("is damaged, or too short to be taken")
	}
	if passphrase == "" {
		if label == "" {
			return nil, errors.New("is not a private key; if it is encrypted, set private_key_passphrase")
		}
		return nil, errors.New("is encrypted; set private_key_passphrase")
	}
	return decrypt(der, passphrase)
}

// decrypt opens encrypted PKCS#8. The library panics on some damaged keys.
func decrypt(der []byte, passphrase Secret) (key *rsa.PrivateKey, err error) {
	defer func() {
		if recover() != nil {
			key, err = nil, errors.New("is damaged")
		}
	}()
	opened, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(passphrase.Reveal()))
	if err != nil {
		return nil, errors.New("cannot be decrypted: " + strings.TrimPrefix(err.Error(), "pkcs8: "))
	}
	key, ok := opened.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("is not an RSA key; Snowflake takes RSA")
	}
	return key, nil
}
