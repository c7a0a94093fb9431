package localdynamo

import (
	"net/http"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// Refusals with DynamoDB's own words, for fault hooks. Amazon DynamoDB
// Developer Guide, "Error handling with DynamoDB".

// ThroughputExceeded is what a table with provisioned capacity answers when it is used up.
func ThroughputExceeded() *fault.Refusal {
	return &fault.Refusal{Status: http.StatusBadRequest, Code: "ProvisionedThroughputExceededException",
		Message: "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."}
}

// Throttled is what a table on demand answers when it grows too fast.
func Throttled() *fault.Refusal {
	return &fault.Refusal{Status: http.StatusBadRequest, Code: "ThrottlingException",
		Message: "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly."}
}

// RequestLimitExceeded is the account's quota.
func RequestLimitExceeded() *fault.Refusal {
	return &fault.Refusal{Status: http.StatusBadRequest, Code: "RequestLimitExceeded",
		Message: "Throughput exceeds the current throughput limit for your account. Please contact AWS Support to request a limit increase."}
}

// InternalServerError is a failure after which the call may have had its
// effect or not: combine it with fault.Effect.LoseAfter for the former.
func InternalServerError() *fault.Refusal {
	return &fault.Refusal{Status: http.StatusInternalServerError, Code: "InternalServerError", Message: "Internal server error"}
}
