package snowpipe

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// A key-pair token lives 59 minutes, just under the hour that Snowflake
// allows, and is signed anew 5 minutes before (Snowflake's own client).
const (
	keyPairLife  = 59 * time.Minute
	keyPairEarly = 5 * time.Minute
)

// KeyPair signs in with a user's private key (key-pair authentication page).
// It prints as [redacted]. Safe for concurrent use.
type KeyPair struct {
	key     *rsa.PrivateKey
	public  string // its fingerprint
	issuer  string
	subject string
	scope   string
	now     func() time.Time

	mu    sync.Mutex
	token Token
}

// NewKeyPair returns the source for a user of an account. role "" leaves the
// user's default role in force.
func NewKeyPair(identifier, user, role string, key *rsa.PrivateKey) (*KeyPair, error) {
	if err := checkAccount(identifier); err != nil {
		return nil, err
	}
	if err := checkName("user", user); err != nil {
		return nil, err
	}
	if key == nil {
		return nil, errors.New("private key: is required")
	}
	if bits := key.N.BitLen(); bits < account.MinKeyBits {
		return nil, fmt.Errorf("private key: %d bits, at least %d", bits, account.MinKeyBits)
	}
	public, err := Fingerprint(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	k := &KeyPair{key: key, public: public, subject: account.Claim(identifier) + "." + strings.ToUpper(user), now: time.Now}
	k.issuer = k.subject + "." + public
	if role != "" {
		k.scope = "session:role:" + role
	}
	return k, nil
}

// Fingerprint returns SHA256:<base64> of a public key, as DESC USER shows it
// in RSA_PUBLIC_KEY_FP.
func Fingerprint(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return "SHA256:" + base64.StdEncoding.EncodeToString(sum[:]), nil
}

// Token returns a JWT that is valid for at least 5 minutes.
func (k *KeyPair) Token(context.Context) (Token, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now().Truncate(time.Second)
	if k.token.Text != "" && now.Before(k.token.Expires.Add(-keyPairEarly)) && !now.Before(k.token.Issued) {
		return k.token, nil
	}
	expires := now.Add(keyPairLife)
	claims := jwt.MapClaims{"iss": k.issuer, "sub": k.subject, "iat": now.Unix(), "exp": expires.Unix()}
	if k.scope != "" {
		claims["scp"] = k.scope
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(k.key)
	if err != nil {
		return Token{}, fmt.Errorf("signing the key-pair token: %w", err)
	}
	k.token = Token{Kind: KeyPairJWT, Text: text, Key: k.public, Issued: now, Expires: expires}
	return k.token, nil
}

// Refused makes the next Token sign anew.
func (k *KeyPair) Refused(t Token) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token.Text == t.Text {
		k.token = Token{}
	}
}

// Format keeps the key out of every formatted text.
func (*KeyPair) Format(s fmt.State, _ rune) { redact(s) }
