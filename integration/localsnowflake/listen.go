package localsnowflake

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// listen takes the addresses of the options.
func (s *Server) listen() (err error) {
	if s.listener, err = listenOn(s.options.Listen); err != nil {
		return err
	}
	s.address = s.listener.Addr().String()
	if s.options.SecureListen == "" {
		return nil
	}
	if err := s.listenSecurely(); err != nil {
		return errors.Join(err, s.listener.Close())
	}
	return nil
}

func (s *Server) listenSecurely() error {
	certificate, trust, err := newAuthority()
	if err != nil {
		return err
	}
	inner, err := listenOn(s.options.SecureListen)
	if err != nil {
		return err
	}
	s.trust = trust
	// S3, which the stage stands for, has no HTTP/2; its clients would use it.
	s.secure = tls.NewListener(inner, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	})
	return nil
}

// answer serves a listener until the server closes.
func (s *Server) answer(listener net.Listener) {
	s.served.Go(func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.note(err)
		}
	})
}

// listenOn refuses addresses that others could reach: nothing here is meant to
// keep strangers out.
func listenOn(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("localsnowflake: listen address %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("localsnowflake: listen address %q is not on loopback; use 127.0.0.1:PORT", address)
	}
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
}

// URL is the base URL of both hosts, account and ingest, without a slash at
// its end.
func (s *Server) URL() string { return "http://" + s.address }

// SecureURL is the same over TLS, "" without Options.SecureListen.
func (s *Server) SecureURL() string {
	if s.secure == nil {
		return ""
	}
	return "https://" + s.secure.Addr().String()
}

// Authority is the certificate, as PEM, that clients of SecureURL must trust.
// It is another one in every process.
func (s *Server) Authority() []byte { return s.trust }
