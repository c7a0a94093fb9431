package account

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/youmark/pkcs8"
)

// MinKeyBits is the shortest RSA key that Snowflake takes.
const MinKeyBits = 2048

// armour is PEM with any white space, even on one line as variables hold it.
var armour = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)

// convert is the command that brings any RSA key that openssl reads into a form
// that is taken.
const convert = "openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.p8"

// ParsePrivateKey reads an RSA private key of at least 2,048 bits: PEM of
// PKCS#8, PKCS#1 and encrypted PKCS#8 (PBES2: AES or 3DES; PBKDF2 or scrypt), and
// the bare base64 of their DER (specs: snowpipe-streaming 2.3). passphrase is for
// encrypted keys only. Errors read on after the name of the field, and hold
// neither the text nor the passphrase.
func ParsePrivateKey(text []byte, passphrase string) (*rsa.PrivateKey, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("is empty")
	}
	label := ""
	if m := armour.FindSubmatch(bytes.ReplaceAll(text, []byte(`\n`), []byte("\n"))); m != nil {
		label, text = string(m[1]), m[2]
	} else if bytes.Contains(text, []byte("-----")) {
		return nil, errors.New("is not a whole PEM block")
	}
	if bytes.Contains(text, []byte("Proc-Type:")) {
		return nil, errors.New("is encrypted in the way of old PEM; convert it with " + convert)
	}
	switch label {
	case "", "PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
	case "EC PRIVATE KEY", "EC PARAMETERS", "DSA PRIVATE KEY": // as openssl writes them unless asked for PKCS#8
		return nil, errNotRSA
	default:
		return nil, fmt.Errorf("holds a %s; an RSA private key goes here", strings.ToLower(label))
	}
	// Profiles of connections.toml may hold the alphabet of URLs.
	bare := strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(string(text)), ""))
	der, err := base64.StdEncoding.DecodeString(bare)
	if err != nil || len(der) == 0 {
		return nil, errors.New("is not a private key: neither PEM nor base64")
	}
	key, err := parseDER(label, der, passphrase)
	if err != nil {
		return nil, err
	}
	if bits := key.N.BitLen(); bits < MinKeyBits {
		return nil, fmt.Errorf("has %d bits; Snowflake takes RSA keys from %d bits on", bits, MinKeyBits)
	}
	return key, nil
}

var errNotRSA = errors.New("is not an RSA key; Snowflake takes RSA")

// parseDER tries what the label says, or everything when there is none.
func parseDER(label string, der []byte, passphrase string) (*rsa.PrivateKey, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if rsaKey, ok := key.(*rsa.PrivateKey); ok {
			return rsaKey, nil
		}
		return nil, errNotRSA
	}
	if _, err := x509.ParsePKIXPublicKey(der); err == nil {
		return nil, errors.New("holds a public key; an RSA private key goes here")
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
func decrypt(der []byte, passphrase string) (key *rsa.PrivateKey, err error) {
	defer func() {
		if recover() != nil {
			key, err = nil, errors.New("is damaged")
		}
	}()
	opened, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(passphrase))
	if err != nil {
		return nil, undecrypted(err)
	}
	key, ok := opened.(*rsa.PrivateKey)
	if !ok {
		return nil, errNotRSA
	}
	return key, nil
}

// undecrypted words what the library says. It opens PBES2 alone.
func undecrypted(err error) error {
	text := strings.TrimPrefix(err.Error(), "pkcs8: ")
	switch {
	case strings.Contains(text, "PBES2 supported"):
		return errors.New("is encrypted with PBES1, which is weak and not taken; convert it with " + convert)
	case strings.Contains(text, "unsupported"):
		return errors.New("cannot be decrypted: " + text + "; convert it with " + convert)
	}
	return errors.New("cannot be decrypted: " + text)
}
