package localkinesis

import (
	"net/http"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// Refusal is an error of the service for a fault hook, in the service's words
// and with its status: what no request can bring about here, such as a key or
// credentials that have gone bad, or an hour in which the service is ill.
//
//	server.Faults().Set("GetRecords", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("KMSDisabledException")}))
//
// A code that is not in the table gets status 400 and its own name as message.
func Refusal(code string) *fault.Refusal {
	if r, ok := refusals[code]; ok {
		return &fault.Refusal{Status: r.status, Code: code, Message: r.message}
	}
	return &fault.Refusal{Status: http.StatusBadRequest, Code: code, Message: code}
}

const keyARN = "arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012"

var refusals = map[string]struct {
	status  int
	message string
}{
	// Keys: errors of GetRecords, PutRecords, SubscribeToShard on an encrypted stream.
	"KMSAccessDeniedException": {400, "User is not authorized to decrypt with key " + keyARN},
	"KMSDisabledException":     {400, keyARN + " is disabled."},
	"KMSInvalidStateException": {400, keyARN + " is pending deletion."},
	"KMSNotFoundException":     {400, "Key '" + keyARN + "' does not exist"},
	"KMSOptInRequired":         {400, "The AWS access key ID needs a subscription for the service"},
	"KMSThrottlingException":   {400, "The rate of requests to KMS was exceeded"},

	// Credentials: common errors of every operation.
	"AccessDeniedException":       {400, "User: arn:aws:iam::000000000000:user/test is not authorized to perform this operation because no identity-based policy allows it"},
	"ExpiredTokenException":       {400, "The security token included in the request is expired"},
	"IncompleteSignature":         {400, "The request signature does not conform to AWS standards"},
	"InvalidSignatureException":   {400, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."},
	"RequestExpired":              {400, "Request has expired."},
	"UnrecognizedClientException": {400, "The security token included in the request is invalid."},

	// Load and illness.
	"InternalFailureException":               {500, "Internal service failure."},
	"LimitExceededException":                 {400, "Rate exceeded."},
	"ProvisionedThroughputExceededException": {400, "Rate exceeded for shard."},
	"ServiceUnavailable":                     {503, "The service is temporarily unavailable."},
	"ThrottlingException":                    {400, "Rate exceeded"},
}
