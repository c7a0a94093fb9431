package snowpipe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// maxTokenFile bounds a file that is read as a token.
const maxTokenFile = 64 << 10

// patCheck is how long a token read from a file is used before the file is
// read again.
const patCheck = time.Minute

// PAT signs in with a programmatic access token. It prints as [redacted]. Safe
// for concurrent use.
type PAT struct {
	read func() (string, error)

	mu      sync.Mutex
	last    string // the last that could be read
	refused string
}

// NewPAT returns the source of one token.
func NewPAT(text string) (*PAT, error) {
	text = strings.TrimSpace(text)
	if err := checkSecret("token", text); err != nil {
		return nil, err
	}
	return NewPATFrom(func() (string, error) { return text, nil })
}

// NewPATFile returns the source that reads a token from a file, and reads it
// again every minute and after a refusal, so that it can be rotated in place.
func NewPATFile(path string) (*PAT, error) {
	return NewPATFrom(func() (string, error) { return readToken(path) })
}

// NewPATFrom returns the source of what read yields, which is asked now, every
// minute and after a refusal. While it fails or yields nothing, as a file does
// that is just being written, the last token goes on unless it was refused.
func NewPATFrom(read func() (string, error)) (*PAT, error) {
	p := &PAT{read: read}
	_, err := p.now()
	return p, err
}

// now is the token to use.
func (p *PAT) now() (string, error) {
	text, err := p.read()
	p.mu.Lock()
	defer p.mu.Unlock()
	if (err != nil || text == "") && p.last != "" && p.last != p.refused {
		return p.last, nil
	}
	if err == nil {
		err = checkSecret("token", text)
	}
	if err != nil {
		return "", err
	}
	p.last = text
	return text, nil
}

// Token returns the token, to be used as it is.
func (p *PAT) Token(context.Context) (Token, error) {
	text, err := p.now()
	if err != nil {
		return Token{}, err
	}
	now := time.Now()
	return Token{Kind: ProgrammaticAccessToken, Text: text, Issued: now, Expires: now.Add(patCheck), Direct: true}, nil
}

// Refused makes the token one that does not outlive its file.
func (p *PAT) Refused(t Token) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = t.Text
}

// Format keeps the token out of every formatted text.
func (*PAT) Format(s fmt.State, _ rune) { redact(s) }

func readToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("token file: %w", err)
	}
	if info.IsDir() || info.Size() > maxTokenFile {
		return "", fmt.Errorf("token file: %s holds no token", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("token file: %w", err)
	}
	token := string(bytes.TrimSpace(text))
	if token == "" {
		return "", errors.New("token file: " + path + " is empty")
	}
	return token, nil
}

// checkSecret refuses what cannot travel in a header, without repeating it.
func checkSecret(field, text string) error {
	if text == "" {
		return errors.New(field + ": is empty")
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return errors.New(field + ": holds a character that no token has")
		}
	}
	return nil
}
