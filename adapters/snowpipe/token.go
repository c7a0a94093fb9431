package snowpipe

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// TokenKind is how a credential is announced to the service, in the header
// X-Snowflake-Authorization-Token-Type.
type TokenKind string

// The kinds.
const (
	KeyPairJWT              TokenKind = "KEYPAIR_JWT"
	ProgrammaticAccessToken TokenKind = "PROGRAMMATIC_ACCESS_TOKEN"
	OAuthToken              TokenKind = "OAUTH"
)

// Token is a credential. It prints as [redacted].
type Token struct {
	Kind    TokenKind
	Text    string
	Key     string    // public name of the key that signed it, such as SHA256:...; "" where it is the only one
	Issued  time.Time // zero = unknown
	Expires time.Time // zero = unknown

	// Direct tokens are sent to the ingest host as they are. Others are
	// exchanged, at the account's own host, for a token scoped to it.
	Direct bool
}

// Format keeps the credential out of every formatted text.
func (Token) Format(s fmt.State, _ rune) { redact(s) }

// MarshalJSON keeps the credential out of JSON.
func (Token) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// TokenSource yields the credential that a Client acts with. Token is called
// whenever the Client signs in, from several goroutines, and should return
// a credential that is valid for some minutes. An error that is a
// *messages.Fault reaches the caller as it is, any other as a Transient one.
//
// A source that keeps what it yields should have a method Refused(Token) as
// well. It is called when the service refused a token, so that the next call
// of Token yields another where there is one. A source of several keys names
// them in Token.Key: a sign-in tries each key once. Where it has a method
// Accepted(Token), that is called when the service has exchanged one.
type TokenSource interface {
	Token(ctx context.Context) (Token, error)
}

// refuser is a TokenSource that wants to know of refusals.
type refuser interface{ Refused(Token) }

// accepter is a TokenSource that wants to know what works.
type accepter interface{ Accepted(Token) }

const redacted = "[redacted]"

func redact(s fmt.State) { _, _ = io.WriteString(s, redacted) }

// jwtTimes reads exp and iat of a token's payload without checking it, as the
// service's own clients do. Zero where there is none.
func jwtTimes(text string) (issued, expires time.Time) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return
	}
	var claims struct{ Iat, Exp float64 }
	if json.Unmarshal(payload, &claims) != nil {
		return
	}
	return unixTime(claims.Iat), unixTime(claims.Exp)
}

// unixTime is zero for what can be no time of ours.
func unixTime(seconds float64) time.Time {
	if !(seconds > 0 && seconds < 1e11) {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}
