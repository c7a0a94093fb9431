package config

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/account"
)

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
		return s.parse([]byte(s.live("private_key", s.PrivateKeyInline).Reveal()))
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
	return s.parse(text)
}

func (s Snowflake) parse(text []byte) (*rsa.PrivateKey, error) {
	return account.ParsePrivateKey(text, s.live("private_key_passphrase", s.PrivateKeyPassphrase).Reveal())
}

func (s Snowflake) token(read readFunc) (Secret, error) {
	if s.TokenFile == "" && s.TokenInline != "" {
		return s.TokenInline, nil
	}
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
