package config

import (
	"fmt"
	"strings"
)

// Reference is a value that was written with ${file:PATH}. It prints as
// [redacted].
type Reference struct {
	pieces []piece
	read   readFunc // looks at a neighbour of the configuration file
}

// piece is a text, or with a path the file's.
type piece struct{ text, path string }

// Read puts the value together from what the files hold now.
func (r *Reference) Read() (Secret, error) {
	var out strings.Builder
	for _, p := range r.pieces {
		if p.path == "" {
			out.WriteString(p.text)
			continue
		}
		text, err := r.read(p.path)
		if err != nil {
			return "", fmt.Errorf("${file:%s} cannot be read: %s", p.path, reason(err))
		}
		out.WriteString(lineOf(text))
	}
	return Secret(out.String()), nil
}

// Paths are the files.
func (r *Reference) Paths() []string {
	var paths []string
	for _, p := range r.pieces {
		if p.path != "" {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// Format keeps the texts out of every formatted text.
func (*Reference) Format(f fmt.State, verb rune) { formatHidden(f, verb, redacted) }

// lineOf is a file's text without the line ends at its end.
func lineOf(text []byte) string { return strings.TrimRight(string(text), "\r\n") }

// secretKeys are those below snowflake: that are read again.
var secretKeys = []string{"private_key", "private_key_passphrase", "oauth.client_secret"}

// references notes which secrets were written as references to files.
func (l *loader) references(under string, s *Snowflake) {
	for _, key := range secretKeys {
		n := l.places[join(under, key)].node
		if n == nil || n.reference == nil {
			continue
		}
		if s.References == nil {
			s.References = map[string]*Reference{}
		}
		s.References[key] = &Reference{n.reference, func(path string) ([]byte, error) { return l.read(l.neighbour(path)) }}
	}
}

// live is a secret as it is now: read again where it was written as a
// reference to a file, else, and where that fails, as it was loaded.
func (s Snowflake) live(key string, loaded Secret) Secret {
	if r := s.References[key]; r != nil {
		if now, err := r.Read(); err == nil && now != "" {
			return now
		}
	}
	return loaded
}

// ClientSecret is the client's secret of OAuth as it is now.
func (s Snowflake) ClientSecret() Secret { return s.live("oauth.client_secret", s.OAuth.ClientSecret) }

// SecretFiles are the files that the credential is made of.
func (s Snowflake) SecretFiles() []string {
	var paths []string
	for _, path := range []string{s.PrivateKeyFile, s.PrivateKeyFile2, s.TokenFile} {
		if path != "" {
			paths = append(paths, path)
		}
	}
	for _, key := range secretKeys {
		if r := s.References[key]; r != nil {
			paths = append(paths, r.Paths()...)
		}
	}
	return paths
}
