package account

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"sync"
	"testing"

	"github.com/youmark/pkcs8"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pemText(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func encrypted(t *testing.T, passphrase string, opts *pkcs8.Opts) []byte {
	t.Helper()
	der, err := pkcs8.MarshalPrivateKey(testKey(), []byte(passphrase), opts)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestPrivateKeysAreTakenInEveryUsualForm(t *testing.T) {
	plain, err := x509.MarshalPKCS8PrivateKey(testKey())
	if err != nil {
		t.Fatal(err)
	}
	aes := encrypted(t, "pw", nil)
	des := encrypted(t, "pw", &pkcs8.Opts{Cipher: pkcs8.TripleDESCBC, KDFOpts: pkcs8.PBKDF2Opts{SaltSize: 8, IterationCount: 2048, HMACHash: crypto.SHA1}})
	scrypt := encrypted(t, "pw", &pkcs8.Opts{Cipher: pkcs8.AES256CBC, KDFOpts: pkcs8.ScryptOpts{SaltSize: 8, CostParameter: 1 << 4, BlockSize: 8, ParallelizationParameter: 1}})
	aes128 := encrypted(t, "pw", &pkcs8.Opts{Cipher: pkcs8.AES128CBC, KDFOpts: pkcs8.PBKDF2Opts{SaltSize: 8, IterationCount: 2048, HMACHash: crypto.SHA256}})
	for name, c := range map[string]struct {
		text       string
		passphrase string
	}{
		"PKCS#8":                          {pemText("PRIVATE KEY", plain), ""},
		"PKCS#8 with an idle passphrase":  {pemText("PRIVATE KEY", plain), "pw"},
		"PKCS#1":                          {pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testKey())), ""},
		"encrypted, AES and SHA-256":      {pemText("ENCRYPTED PRIVATE KEY", aes), "pw"},
		"encrypted, 3DES and SHA-1":       {pemText("ENCRYPTED PRIVATE KEY", des), "pw"},
		"encrypted, scrypt":               {pemText("ENCRYPTED PRIVATE KEY", scrypt), "pw"},
		"bare base64":                     {base64.StdEncoding.EncodeToString(plain), ""},
		"bare base64 as in URLs":          {base64.URLEncoding.EncodeToString(plain), ""},
		"bare base64 in lines":            {strings.Join(strings.SplitAfter(base64.StdEncoding.EncodeToString(plain), "A"), "\n"), ""},
		"bare base64 of PKCS#1":           {base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(testKey())), ""},
		"bare base64, encrypted":          {base64.StdEncoding.EncodeToString(aes), "pw"},
		"PEM in one line":                 {strings.ReplaceAll(pemText("PRIVATE KEY", plain), "\n", " "), ""},
		`PEM with \n`:                     {strings.ReplaceAll(pemText("PRIVATE KEY", plain), "\n", `\n`), ""},
		"PEM with a byte order mark":      {"\xef\xbb\xbf" + pemText("PRIVATE KEY", plain), ""},
		"encrypted, AES-128 with CRLF":    {strings.ReplaceAll(pemText("ENCRYPTED PRIVATE KEY", aes128), "\n", "\r\n"), "pw"},
		"PEM with CRLF and text about it": {"my key\r\n" + strings.ReplaceAll(pemText("PRIVATE KEY", plain), "\n", "\r\n"), ""},
	} {
		key, err := ParsePrivateKey([]byte(c.text), c.passphrase)
		if err != nil || !key.Equal(testKey()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUnusablePrivateKeySaysWhy(t *testing.T) {
	der := encrypted(t, "pw", nil)
	plain, err := x509.MarshalPKCS8PrivateKey(testKey())
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curveDER, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	lockedCurve, err := pkcs8.MarshalPrivateKey(curve, []byte("pw"), nil)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&testKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text       string
		passphrase string
		want       string
	}{
		"no passphrase":       {pemText("ENCRYPTED PRIVATE KEY", der), "", "is encrypted; set private_key_passphrase"},
		"a wrong passphrase":  {pemText("ENCRYPTED PRIVATE KEY", der), "no", "cannot be decrypted: incorrect password"},
		"bare and encrypted":  {base64.StdEncoding.EncodeToString(der), "", "is not a private key; if it is encrypted, set private_key_passphrase"},
		"1024 bits":           {pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), "", "has 1024 bits; Snowflake takes RSA keys from 2048 bits on"},
		"an elliptic curve":   {pemText("PRIVATE KEY", curveDER), "", "is not an RSA key; Snowflake takes RSA"},
		"a public key":        {pemText("PUBLIC KEY", []byte{1}), "", "holds a public key; an RSA private key goes here"},
		"old encrypted PEM":   {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----", "pw", "is encrypted in the way of old PEM; convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.p8"},
		"half of a PEM block": {pemText("PRIVATE KEY", plain)[:400], "", "is not a whole PEM block"},
		"damaged":             {pemText("PRIVATE KEY", []byte("junk")), "", "is damaged, or too short to be taken"},
		"a passphrase":        {"hunter2!", "", "is not a private key: neither PEM nor base64"},
		"blanks":              {"  \r\n", "", "is empty"},
		"nothing":             {"", "", "is empty"},
		"PBES1":               {pemText("ENCRYPTED PRIVATE KEY", pbes1(t)), "pw", "is encrypted with PBES1, which is weak and not taken; convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.p8"},
		"a bare public key":   {base64.StdEncoding.EncodeToString(public), "", "holds a public key; an RSA private key goes here"},
		"openssl's EC":        {pemText("EC PRIVATE KEY", []byte{1}), "", "is not an RSA key; Snowflake takes RSA"},
		"openssl's curve":     {pemText("EC PARAMETERS", []byte{1}), "", "is not an RSA key; Snowflake takes RSA"},
		"a certificate":       {pemText("CERTIFICATE", []byte{1}), "", "holds a certificate; an RSA private key goes here"},
		"an encrypted curve":  {pemText("ENCRYPTED PRIVATE KEY", lockedCurve), "pw", "is not an RSA key; Snowflake takes RSA"},
	} {
		_, err := ParsePrivateKey([]byte(c.text), c.passphrase)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if c.passphrase != "" && err != nil && strings.Contains(err.Error(), `"`+c.passphrase) {
			t.Errorf("%s: the error holds the passphrase: %v", name, err)
		}
	}
}

// TestDamagedEncryptedKeysNeverPanic changes every byte of the key's header, and cuts its end off.
func TestDamagedEncryptedKeysNeverPanic(t *testing.T) {
	der := encrypted(t, "pw", &pkcs8.Opts{Cipher: pkcs8.AES256CBC, KDFOpts: pkcs8.PBKDF2Opts{SaltSize: 8, IterationCount: 1, HMACHash: crypto.SHA256}})
	for i := range 110 {
		damaged := append([]byte(nil), der...)
		damaged[i] ^= 0x01
		if _, err := ParsePrivateKey([]byte(pemText("ENCRYPTED PRIVATE KEY", damaged)), "pw"); err == nil && i < 20 {
			t.Errorf("byte %d changed: the key was taken", i)
		}
	}
	for cut := range len(der) - 1 {
		if _, err := ParsePrivateKey([]byte(pemText("ENCRYPTED PRIVATE KEY", der[:cut+1])), "pw"); err == nil {
			t.Errorf("cut at %d: the key was taken", cut)
		}
	}
}

// pbes1 is a header as openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES writes it, with
// nothing worth decrypting behind it.
func pbes1(t *testing.T) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}, Parameters: asn1.RawValue{FullBytes: []byte{0x30, 0}}}, []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	return der
}
