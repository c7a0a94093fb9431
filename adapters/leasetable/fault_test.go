package leasetable

import (
	"errors"
	"fmt"
	"strings"
	"testing"

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
