package snowpipe_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
)

// counted is a token source that numbers its tokens: canary-1, canary-2 ...
// A token is given until it is refused.
type counted struct {
	mu       sync.Mutex
	n        int
	used     bool // the current token was given and not refused
	refused  []string
	accepted []string
	err      error
	direct   bool
}

func (c *counted) Token(context.Context) (snowpipe.Token, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return snowpipe.Token{}, c.err
	}
	if !c.used {
		c.n, c.used = c.n+1, true
	}
	return snowpipe.Token{Kind: snowpipe.KeyPairJWT, Text: fmt.Sprintf("canary-%d", c.n), Direct: c.direct}, nil
}

func (c *counted) Refused(t snowpipe.Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = append(c.refused, t.Text)
	c.used = false
}

func (c *counted) Accepted(t snowpipe.Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accepted = append(c.accepted, t.Text)
}
