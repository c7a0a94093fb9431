package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/youmark/pkcs8"
)

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
	for name, c := range map[string]struct {
		text       string
		passphrase Secret
	}{
		"PKCS#8":                          {pemText("PRIVATE KEY", plain), ""},
		"PKCS#8 with an idle passphrase":  {pemText("PRIVATE KEY", plain), "pw"},
		"PKCS#1":                          {pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testKey())), ""},
		"encrypted, AES and SHA-256":      {pemText("ENCRYPTED PRIVATE KEY", aes), "pw"},
		"encrypted, 3DES and SHA-1":       {pemText("ENCRYPTED PRIVATE KEY", des), "pw"},
		"encrypted, scrypt":               {pemText("ENCRYPTED PRIVATE KEY", scrypt), "pw"},
		"bare base64":                     {base64.StdEncoding.EncodeToString(plain), ""},
		"bare base64 in lines":            {strings.Join(strings.SplitAfter(base64.StdEncoding.EncodeToString(plain), "A"), "\n"), ""},
		"bare base64 of PKCS#1":           {base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(testKey())), ""},
		"bare base64, encrypted":          {base64.StdEncoding.EncodeToString(aes), "pw"},
		"PEM in one line":                 {strings.ReplaceAll(pemText("PRIVATE KEY", plain), "\n", " "), ""},
		`PEM with \n`:                     {strings.ReplaceAll(pemText("PRIVATE KEY", plain), "\n", `\n`), ""},
		"PEM with CRLF and text about it": {"my key\r\n" + strings.ReplaceAll(pemText("PRIVATE KEY", plain), "\n", "\r\n"), ""},
	} {
		key, err := Snowflake{PrivateKeyInline: Secret(c.text), PrivateKeyPassphrase: c.passphrase}.PrivateKey()
		if err != nil || !key.Equal(testKey()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUnusablePrivateKeySaysWhy(t *testing.T) {
	der := encrypted(t, "pw", nil)
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
	for name, c := range map[string]struct {
		text       string
		passphrase Secret
		want       string
	}{
		"no passphrase":       {pemText("ENCRYPTED PRIVATE KEY", der), "", "is encrypted; set private_key_passphrase"},
		"a wrong passphrase":  {pemText("ENCRYPTED PRIVATE KEY", der), "no", "cannot be decrypted: incorrect password"},
		"bare and encrypted":  {base64.StdEncoding.EncodeToString(der), "", "is not a private key; if it is encrypted, set private_key_passphrase"},
		"1024 bits":           {pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), "", "has 1024 bits; Snowflake takes RSA keys from 2048 bits on"},
		"an elliptic curve":   {pemText("PRIVATE KEY", curveDER), "", "is not an RSA key; Snowflake takes RSA"},
		"a public key":        {pemText("PUBLIC KEY", []byte{1}), "", "holds public key; an RSA private key goes here"},
		"old encrypted PEM":   {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----", "pw", "is encrypted in the way of old PEM; convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc"},
		"half of a PEM block": {pkcs8PEM()[:400], "", "is not a whole PEM block"},
		"damaged":             {pemText("PRIVATE KEY", []byte("junk")), "", "is damaged, or too short to be taken"},
		"a passphrase":        {"hunter2!", "", "is not a private key: neither PEM nor base64"},
		"blanks":              {"  ", "", "is not a private key: neither PEM nor base64"},
	} {
		_, err := Snowflake{PrivateKeyInline: Secret(c.text), PrivateKeyPassphrase: c.passphrase}.PrivateKey()
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestDamagedEncryptedKeysNeverPanic changes every byte of the key's header, and cuts its end off.
func TestDamagedEncryptedKeysNeverPanic(t *testing.T) {
	der := encrypted(t, "pw", &pkcs8.Opts{Cipher: pkcs8.AES256CBC, KDFOpts: pkcs8.PBKDF2Opts{SaltSize: 8, IterationCount: 1, HMACHash: crypto.SHA256}})
	for i := range 110 {
		damaged := append([]byte(nil), der...)
		damaged[i] ^= 0x01
		if _, err := parsePrivateKey([]byte(pemText("ENCRYPTED PRIVATE KEY", damaged)), "pw"); err == nil && i < 20 {
			t.Errorf("byte %d changed: the key was taken", i)
		}
	}
	for cut := range len(der) - 1 {
		if _, err := parsePrivateKey([]byte(pemText("ENCRYPTED PRIVATE KEY", der[:cut+1])), "pw"); err == nil {
			t.Errorf("cut at %d: the key was taken", cut)
		}
	}
}

func TestTheSecondKeyIsOptional(t *testing.T) {
	w := newWorld()
	s := Snowflake{PrivateKeyFile: "/keys/sf.p8"}
	if key, err := s.secondPrivateKey(w.read); key != nil || err != nil {
		t.Errorf("without a file: %v, %v", key, err)
	}
	s.PrivateKeyFile2 = "/keys/sf.p8"
	if key, err := s.secondPrivateKey(w.read); err != nil || !key.Equal(testKey()) {
		t.Errorf("with a file: %v", err)
	}
}

func TestAccountAndHostGiveTheBaseURL(t *testing.T) {
	for _, c := range []struct {
		in   Snowflake
		want string
	}{
		{Snowflake{Account: "MYORG-PROD_EU"}, "https://myorg-prod-eu.snowflakecomputing.com"},
		{Snowflake{Account: "xy12345.eu-west-1"}, "https://xy12345.eu-west-1.snowflakecomputing.com"},
		{Snowflake{Account: "A", Host: "a.privatelink.snowflakecomputing.com"}, "https://a.privatelink.snowflakecomputing.com"},
		{Snowflake{Account: "A", Host: "https://a.example:8443/"}, "https://a.example:8443"},
		{Snowflake{Account: "A", Host: "http://127.0.0.1:4000"}, "http://127.0.0.1:4000"},
	} {
		if got := c.in.BaseURL(); got != c.want {
			t.Errorf("base URL = %s, want %s", got, c.want)
		}
	}
	if got := (Snowflake{Table: "ORDERS"}).PipeName(); got != "ORDERS-STREAMING" {
		t.Errorf("pipe = %s", got)
	}
	if got := (Snowflake{Table: "ORDERS", Pipe: "P"}).PipeName(); got != "P" {
		t.Errorf("pipe = %s", got)
	}
}
