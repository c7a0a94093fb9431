package leasetable

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/messages"
)

// fault gives a DynamoDB error the meaning that the supervisor acts on. action
// is the API action, such as UpdateItem. An error that is understood already
// passes through.
func (t *Table) fault(ctx context.Context, action string, shard messages.ShardID, err error) error {
	var known *messages.Fault
	if errors.As(err, &known) {
		return known
	}
	f := &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonUnavailable,
		Op: "dynamodb." + action, Shard: shard, Err: fmt.Errorf("table %s: %w", t.name, err),
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return f // no complete answer
	}
	switch code := api.ErrorCode(); {
	case throttled[code]:
		f.Reason, f.Complete = messages.ReasonThrottled, true
	case servedBy(err) != dynamodb.ServiceID && (badCredentials[code] || expired[code] || strings.HasPrefix(code, "AccessDenied")):
		f.Hint = "the AWS credentials could not be had: " + servedBy(err) + " refused"
		refuse(f, messages.ReasonDenied, messages.AccessDenied)
	case strings.HasPrefix(code, "AccessDenied"):
		f.Hint = "grant dynamodb:" + action + " on table/" + t.name + " to this role"
		refuse(f, messages.ReasonDenied, messages.AccessDenied)
	case expired[code]:
		t.invalidateCredentials()
		f.Complete, f.Hint = true, "the AWS credentials have expired: they are being renewed"
	case badCredentials[code]:
		t.invalidateCredentials()
		f.Hint = "check the AWS credentials, their expiry and this host's clock"
		refuse(f, messages.ReasonDenied, messages.AccessDenied)
	case code == "ResourceNotFoundException":
		return t.missing(ctx, f)
	case code == "ValidationException":
		f.Reason, f.Complete = messages.ReasonInvariant, true
	}
	return f
}

// servedBy names the service that an error is from: fetching credentials on
// the way, STS may have answered.
func servedBy(err error) string {
	service := dynamodb.ServiceID
	var op *smithy.OperationError
	for errors.As(err, &op) {
		service, err = op.Service(), op.Err
	}
	return service
}

// throttled are DynamoDB's ways of saying "later" (DynamoDB developer guide,
// "Error handling"). Their requests had no effect.
var throttled = map[string]bool{
	"ProvisionedThroughputExceededException": true,
	"RequestLimitExceeded":                   true,
	"ThrottlingException":                    true,
	"LimitExceededException":                 true, // too many control plane operations at once
}

// badCredentials are the answers to a request whose sender is not accepted
// (DynamoDB API reference, "Common errors").
var badCredentials = map[string]bool{
	"IncompleteSignature":                 true,
	"IncompleteSignatureException":        true,
	"InvalidClientTokenId":                true,
	"InvalidSignatureException":           true,
	"MissingAuthenticationToken":          true,
	"MissingAuthenticationTokenException": true,
	"OptInRequired":                       true,
	"UnrecognizedClientException":         true,
}

// expired are the answers to a session that is over. The next call has another
// one: that is no matter for a human, as it is not with Kinesis.
var expired = map[string]bool{
	"ExpiredToken":          true,
	"ExpiredTokenException": true,
	"RequestExpired":        true,
	"TokenRefreshRequired":  true,
}

// invalidateCredentials makes the next call ask for credentials again, whatever
// this host's clock says of those that are held.
func (t *Table) invalidateCredentials() {
	if cache, ok := t.credentials.(*aws.CredentialsCache); ok {
		cache.Invalidate()
	}
}

// missing tells a table that is being created, for which DynamoDB answers
// ResourceNotFoundException too, from one that is not there.
func (t *Table) missing(ctx context.Context, f *messages.Fault) *messages.Fault {
	f.Reason, f.Complete = messages.ReasonMissing, true
	_, err := t.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.name})
	var gone *types.ResourceNotFoundException
	if errors.As(err, &gone) {
		f.Hint = "the lease table is named after the application: check application and region, or let run create it"
		refuse(f, messages.ReasonMissing, messages.TargetMissing)
	}
	return f
}

// refuse makes f a definite no.
func refuse(f *messages.Fault, reason messages.Reason, stop messages.StopCode) {
	f.Class, f.Reason, f.Stop, f.Complete = messages.Rejected, reason, stop, true
}

// unfit says that the table cannot be used as it is.
func (t *Table) unfit(hint, format string, args ...any) *messages.Fault {
	f := &messages.Fault{
		Op: "dynamodb.DescribeTable", Err: fmt.Errorf("table "+t.name+": "+format, args...), Hint: hint,
	}
	refuse(f, messages.ReasonMissing, messages.TargetMissing)
	return f
}

// lost says that the row definitely names somebody else, or another epoch.
// found is nil where there is no row.
func lost(op string, shard messages.ShardID, me messages.Owner, epoch int64, found *messages.ShardRow) *messages.Fault {
	f := &messages.Fault{
		Class: messages.Fenced, Reason: messages.ReasonLeaseLost,
		Op: "leasetable." + op, Shard: shard, Complete: true,
	}
	switch {
	case found == nil:
		f.Err = fmt.Errorf("there is no lease row, want owner %q epoch %d", me, epoch)
	case found.Ended:
		f.Err = fmt.Errorf("the lease row is at SHARD_END, epoch %d, want owner %q epoch %d", found.Epoch, me, epoch)
	default:
		f.Err = fmt.Errorf("the lease row names owner %q epoch %d, want owner %q epoch %d", found.Owner, found.Epoch, me, epoch)
	}
	return f
}
