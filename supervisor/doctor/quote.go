package doctor

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
)

// quote writes exact names as one identifier, to paste. A name that can be none
// stays as it is: validate has refused it.
func quote(names ...string) string {
	parts := make([]string, len(names))
	for i, name := range names {
		quoted, err := warehouse.Quote(name)
		if err != nil {
			quoted = name
		}
		parts[i] = quoted
	}
	return strings.Join(parts, ".")
}

// publicKey is a key's fingerprint, as DESC USER shows it, and its public half, as
// ALTER USER takes it.
func publicKey(key *rsa.PrivateKey) (print, public string, err error) {
	if print, err = snowpipe.Fingerprint(&key.PublicKey); err != nil {
		return "", "", err
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	return print, base64.StdEncoding.EncodeToString(der), err
}
