package stream

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/messages"
)

// fault gives an AWS error the meaning that the supervisor acts on (reaction
// table, specs/kinesis-consumption.md 3). Throttling, time-outs and 5xx pass
// with time, and so does whatever is not understood.
func (c *Client) fault(op string, shard messages.ShardID, err error) *messages.Fault {
	f := &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "kinesis." + op, Shard: shard, Err: cause(err)}
	var answer smithy.APIError
	if strings.Contains(err.Error(), "get credentials:") { // of the SDK's identity step, whatever failed there
		c.invalidateCredentials()
		return refused(f, "no usable AWS credentials: check access_key_id and secret_access_key, the profile, or the role of this machine")
	}
	if !errors.As(err, &answer) {
		return f
	}
	f.Complete = true
	code, message := answer.ErrorCode(), answer.ErrorMessage()
	switch {
	case throttling[code]:
		f.Reason = messages.ReasonThrottled
	case expired[code], clockOff(message):
		c.invalidateCredentials()
	case denied[code]:
		c.invalidateCredentials()
		return refused(f, "check the credentials, and grant kinesis:"+op+" on "+c.label()+" to them")
	case strings.HasPrefix(code, "KMS"):
		return refused(f, "the stream is encrypted: grant kms:Decrypt on its key, and check that the key is enabled")
	case code == "ResourceNotFoundException" && shard == "":
		return c.missing(f, fmt.Errorf("%s does not exist", c.label()))
	case (code == "ValidationException" || code == "InvalidArgumentException") && shard == "":
		return c.missing(f, f.Err)
	}
	return f
}

var (
	throttling = set("ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException", "Throttling",
		"ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "KMSThrottlingException", "SlowDown")
	expired = set("ExpiredTokenException", "ExpiredToken", "RequestExpired", "TokenRefreshRequired")
	denied  = set("AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId",
		"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized", "UnauthorizedOperation", "OptInRequired")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// clockOff tells a signature of the wrong time from a wrong one. The SDK has
// then learned the difference of the clocks and signs the next call with it.
func clockOff(message string) bool {
	return strings.Contains(message, "Signature expired") || strings.Contains(message, "Signature not yet current")
}

func refused(f *messages.Fault, hint string) *messages.Fault {
	f.Class, f.Reason, f.Stop, f.Hint = messages.Rejected, messages.ReasonDenied, messages.AccessDenied, hint
	return f
}

func (c *Client) missing(f *messages.Fault, err error) *messages.Fault {
	f.Class, f.Reason, f.Stop = messages.Rejected, messages.ReasonMissing, messages.TargetMissing
	f.Err, f.Hint = err, "check kinesis.stream (exact case) and aws.region"
	return f
}

// label names the stream as an operator knows it.
func (c *Client) label() string {
	if c.config.ARN != "" {
		return "stream " + c.config.ARN
	}
	return "stream " + c.config.Stream + " in region " + c.config.AWS.Region
}

func (c *Client) invalidateCredentials() {
	if cache, ok := c.config.AWS.Credentials.(*aws.CredentialsCache); ok {
		cache.Invalidate()
	}
}

// hasCode reports whether the service answered with this error.
func hasCode(err error, code string) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && answer.ErrorCode() == code
}

// maxMessage bounds what is quoted of a service's message.
const maxMessage = 300

// cause is what is worth reading in an SDK error. Of an error answer that is
// code and message up to the first line's end: a refused signature's message
// goes on with the request's headers, the session token among them.
func cause(err error) error {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		message, _, _ := strings.Cut(answer.ErrorMessage(), "\n")
		message, _, _ = strings.Cut(message, "The Canonical String")
		if len(message) > maxMessage {
			message = strings.ToValidUTF8(message[:maxMessage], "") + "..."
		}
		return fmt.Errorf("%s: %s", answer.ErrorCode(), strings.TrimSpace(message))
	}
	var network *url.Error
	if errors.As(err, &network) {
		return network
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) && operation.Err != nil {
		return operation.Err
	}
	return err
}
