package leasetable

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/messages"
)

func TestARefusedRoleIsNoMissingTableRight(t *testing.T) {
	table := New(Config{Application: "app"})
	sts := &smithy.OperationError{ServiceID: "STS", OperationName: "AssumeRole", Err: &smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized"}}
	err := table.fault(t.Context(), "Query", "", &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "Query", Err: fmt.Errorf("get credentials: %w", sts)})
	var f *messages.Fault
	if !errors.As(err, &f) || f.Class != messages.Rejected || f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "STS") {
		t.Errorf("fault %v with hint %q, want one that names STS", err, f.Hint)
	}
}

func TestAFaultThatIsUnderstoodPassesThrough(t *testing.T) {
	table := New(Config{Application: "app"})
	known := &messages.Fault{Class: messages.Rejected, Reason: messages.ReasonDenied}
	if got := messages.AsFault("", table.fault(t.Context(), "Query", "", fmt.Errorf("again: %w", known))); got != known {
		t.Errorf("fault = %v, want the one that was made first", got)
	}
}

// TestAnExpiredSessionIsRenewedAndNobodysMatter: the credentials are asked for
// again, and the call may be repeated; only refused ones wait for a human.
func TestAnExpiredSessionIsRenewedAndNobodysMatter(t *testing.T) {
	asked := 0
	provider := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		asked++
		return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
	})
	cache := aws.NewCredentialsCache(provider)
	table := New(Config{Application: "app", AWS: aws.Config{Credentials: cache}})
	for _, c := range []struct {
		code  string
		class messages.Class
	}{
		{"ExpiredTokenException", messages.Transient}, {"ExpiredToken", messages.Transient}, {"UnrecognizedClientException", messages.Rejected},
	} {
		if _, err := cache.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := asked
		f := messages.AsFault("", table.fault(t.Context(), "Query", "", &smithy.OperationError{
			ServiceID: "DynamoDB", OperationName: "Query", Err: &smithy.GenericAPIError{Code: c.code},
		}))
		if _, err := cache.Retrieve(t.Context()); err != nil || asked != before+1 || f.Class != c.class || !f.Complete {
			t.Errorf("%s: %s, complete %v, credentials asked for %d times more (%v)", c.code, f.Class, f.Complete, asked-before, err)
		}
	}
}
