package sim

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
)

// key signs every credential of this process: making one takes longer than a
// seed. It is in no trace.
var key = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 1024) })

// SignIn is the key-pair credential of all nodes, by the service's clock: what
// a clock that is off does to a sign-in is another test's.
type SignIn struct {
	clock *clock

	mu   sync.Mutex
	made time.Time
	text string
}

// Token implements snowpipe.TokenSource.
func (s *SignIn) Token(context.Context) (snowpipe.Token, error) {
	text, err := s.sign()
	return snowpipe.Token{Kind: snowpipe.KeyPairJWT, Text: text}, err
}

// sign makes a JWT, or returns one that is still good.
func (s *SignIn) sign() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.now()
	if age := now.Sub(s.made); s.text != "" && age >= 0 && age < 10*time.Minute {
		return s.text, nil
	}
	k, err := key()
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		return "", err
	}
	print := sha256.Sum256(der)
	s.made = now
	s.text, err = jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer: "LOCAL.SIM.SHA256:" + base64.StdEncoding.EncodeToString(print[:]), Subject: "LOCAL.SIM",
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(time.Hour)),
	}).SignedString(k)
	return s.text, err
}
