package account

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// What NewClient allows. A channel has at most one append in flight, and a
// pipe at most 2,000 channels.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 60 * time.Second
	idleTimeout   = 90 * time.Second
	idlePerHost   = 2000
)

// NewClient sends requests through proxy (nil = HTTPS_PROXY and NO_PROXY).
// Certificates are always verified, against the system's authorities or those
// of SSL_CERT_FILE: nothing turns that off.
func NewClient(proxy *url.URL) *http.Client {
	// HTTP/2 saves nothing on large bodies and couples channels on one connection.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return Guard(&http.Client{Transport: &http.Transport{
		Proxy:                 Through(proxy),
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: answerTimeout,
		IdleConnTimeout:       idleTimeout,
		MaxIdleConnsPerHost:   idlePerHost,
		Protocols:             &protocols,
	}})
}

// Untrusted says what to do about a certificate that was refused; "" where
// err is about something else.
func Untrusted(err error) string {
	var refused *tls.CertificateVerificationError
	if !errors.As(err, &refused) {
		return ""
	}
	who := "the server"
	if len(refused.UnverifiedCertificates) > 0 {
		if issuer := refused.UnverifiedCertificates[0].Issuer.String(); issuer != "" {
			who += ", whose certificate is from " + strconv.Quote(issuer[:min(len(issuer), 120)]) + ","
		}
	}
	return who + " is not trusted and got nothing; where a proxy of yours inspects TLS, name its authority's file in SSL_CERT_FILE"
}

// Guard is a copy of c to which a redirect is an answer like another, so that
// no credential follows it, and which keeps no cookies.
func Guard(c *http.Client) *http.Client {
	own := *c
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
