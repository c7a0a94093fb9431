package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// check reports what Validate finds, each at its place in the file, and tries
// the credentials that are on disk.
func (l *loader) check() {
	for _, f := range l.file.findings() {
		l.place(f, "")
	}
	for _, name := range l.file.Names() {
		c := l.file.Connectors[name]
		l.scope = "connectors." + name
		found := c.findings()
		for _, f := range found {
			l.place(f, l.scope)
		}
		l.try(c.Snowflake)
		l.scope = ""
	}
}

// credentials reports keys and tokens that cannot be read.
func (l *loader) credentials(s Snowflake) {
	under := l.scope + ".snowflake."
	switch s.Authenticator {
	case KeyPair:
		key := "snowflake.private_key_file"
		if s.PrivateKeyInline != "" {
			key = "snowflake.private_key"
		}
		// A key that is named twice or not at all was reported already.
		if (s.PrivateKeyFile == "") != (s.PrivateKeyInline == "") && !l.isBroken(under+"private_key_passphrase") {
			_, err := s.privateKey(l.read)
			if _, chosen := l.places[l.scope+"."+key]; err != nil && !chosen {
				err = fmt.Errorf("is required with authenticator key_pair, or private_key; its default %w", err)
			}
			l.credential(key, err)
		}
		if !l.isBroken(under + "private_key_passphrase") {
			_, err := s.secondPrivateKey(l.read)
			l.credential("snowflake.private_key_file_2", err)
		}
	case PAT:
		if s.TokenFile != "" {
			_, err := s.token(l.read)
			l.credential("snowflake.token_file", err)
		}
	}
}

func (l *loader) credential(key string, err error) {
	if err == nil {
		return
	}
	text := err.Error()
	if n := l.places[join(l.scope, key)].node; n != nil && strings.HasPrefix(text, unreadable) && !filepath.IsAbs(n.text) {
		text += "; a relative path is seen from the folder of this file"
	}
	l.place(finding{key: key, text: text, with: []string{"snowflake.authenticator"}}, l.scope)
}

// place reports a finding unless it rests on a value that was reported already.
func (l *loader) place(f finding, root string) {
	key := join(root, f.key)
	for _, k := range append([]string{f.key}, f.with...) {
		if l.isBroken(join(root, k)) {
			return
		}
	}
	p := f.problem(root)
	if from := l.places[key].outside(); f.quoted && from != "" {
		p.Text = "the value from " + from + " " + f.text
	}
	l.report(l.mark(key), p.Key, p.Text)
}

// mark is the place of a key, or of the nearest group around it that stands in
// the connector itself: a missing key is missing there, not under defaults:.
func (l *loader) mark(key string) mark {
	if p, ok := l.places[key]; ok && p.at.line > 0 {
		return p.at
	}
	for {
		cut := strings.LastIndexByte(key, '.')
		if cut < 0 {
			return mark{1, 1}
		}
		key = key[:cut]
		if p, ok := l.places[key]; ok && p.at.line > 0 && !p.node.inDefaults {
			return p.at
		}
	}
}

// isBroken says whether the value of a key, or a group around it, was reported.
func (l *loader) isBroken(key string) bool {
	for {
		if p, ok := l.places[key]; ok && p.node != nil && p.node.broken {
			return true
		}
		cut := strings.LastIndexByte(key, '.')
		if cut < 0 {
			return false
		}
		key = key[:cut]
	}
}
