package snowpipe

import "context"

// SignIn gets a credential accepted and returns the ingest host that the account
// named. No channel is touched, and nothing is asked of the ingest host.
//
// Errors are *messages.Fault: Rejected with AccessDenied where the credential is
// refused, with TargetMissing where the host does not serve the account; else
// Transient.
func (c *Client) SignIn(ctx context.Context) (host string, err error) {
	acc, err := c.gate.access(ctx)
	return acc.host.host, err
}
