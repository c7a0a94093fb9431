package snowpipe

import "context"

// SignIn gets the credential accepted, and finds the ingest host that the account
// names. No channel is touched, and nothing is asked of the ingest host.
//
// Errors are *messages.Fault: Rejected with AccessDenied where the credential is
// refused, with TargetMissing where the host does not serve the account; else
// Transient.
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.gate.access(ctx)
	return err
}
