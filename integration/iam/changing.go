package iam

import "sync/atomic"

// Changing is a policy that an administrator may replace while programs run. It
// is safe for concurrent use.
type Changing struct{ replaced atomic.Pointer[Policy] }

// Set replaces the policy; nil allows everything.
//
// Errors name a pattern that could never be evaluated; the old policy stays.
func (c *Changing) Set(p Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	c.replaced.Store(&p)
	return nil
}

// Or is what was set last, or the first policy.
func (c *Changing) Or(first Policy) Policy {
	if p := c.replaced.Load(); p != nil {
		return *p
	}
	return first
}
