package sql

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"strings"
)

// publicKey checks the text of RSA_PUBLIC_KEY, base64 of a DER
// SubjectPublicKeyInfo with or without PEM lines, and returns the bare base64.
// Nothing in an error repeats the text.
func publicKey(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	var bare strings.Builder
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			bare.WriteString(line)
		}
	}
	invalid := runtimeError(390194, "22023", "New public key rejected by current policy. Reason: 'Invalid public key'.")
	der, err := base64.StdEncoding.DecodeString(bare.String())
	if err != nil {
		return "", invalid
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return "", invalid
	}
	if k, ok := key.(*rsa.PublicKey); !ok || k.N.BitLen() < 2048 {
		return "", runtimeError(390194, "22023", "New public key rejected by current policy. Reason: 'an RSA key of at least 2048 bits is needed'.")
	}
	return bare.String(), nil
}

// keyFingerprint is RSA_PUBLIC_KEY_FP (spec 2.1), "" without a key.
func keyFingerprint(key string) string {
	der, err := base64.StdEncoding.DecodeString(key)
	if err != nil || key == "" {
		return ""
	}
	sum := sha256.Sum256(der)
	return "SHA256:" + base64.StdEncoding.EncodeToString(sum[:])
}
