package localdynamo

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// failure is an error answer.
type failure struct {
	status  int
	code    string
	message string
	item    item     // the item as it was, when a failed condition is asked to show it
	reasons []reason // of a cancelled transaction, one per action

	violations []string // of the API's constraints, when that is what failed
}

// reason tells why one action of a transaction failed; Code "None" if it did not.
type reason struct {
	Item    item `json:",omitempty"`
	Code    string
	Message string `json:",omitempty"`
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func fail(code, format string, args ...any) *failure {
	return &failure{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) *failure {
	return fail("ValidationException", format, args...)
}

func unreadable(format string, args ...any) *failure {
	return fail("SerializationException", format, args...)
}

func conditionFailed(old item) *failure {
	f := fail("ConditionalCheckFailedException", "The conditional request failed")
	f.item = old
	return f
}

func noTable() *failure { return fail("ResourceNotFoundException", "Requested resource not found") }

func noTableNamed(name string) *failure {
	return fail("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
}

func internal(err error) *failure {
	return &failure{status: http.StatusInternalServerError, code: "InternalServerError", message: err.Error()}
}

// asFailure finds the failure in err; any other error is the server's own.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return internal(err)
}

// namespaces are the prefixes of error codes that are not DynamoDB's own but
// of the framework it is built with.
var namespaces = map[string]string{
	"ValidationException":                 "com.amazon.coral.validate#",
	"SerializationException":              "com.amazon.coral.service#",
	"UnknownOperationException":           "com.amazon.coral.service#",
	"AccessDeniedException":               "com.amazon.coral.service#",
	"MissingAuthenticationTokenException": "com.amazon.coral.service#",
	"IncompleteSignatureException":        "com.amazon.coral.service#",
	"InvalidSignatureException":           "com.amazon.coral.service#",
	"RequestTimeoutException":             "com.amazon.coral.service#",
	"ThrottlingException":                 "com.amazon.coral.availability#",
}

// body is the error as the wire carries it. TransactionCanceledException and
// AccessDeniedException spell the message's key with a capital, the others do not.
func (f *failure) body() []byte {
	namespace, ok := namespaces[f.code]
	if !ok {
		namespace = "com.amazonaws.dynamodb.v20120810#"
	}
	members := map[string]any{"__type": namespace + f.code}
	switch f.code {
	case "TransactionCanceledException", "AccessDeniedException":
		members["Message"] = f.message
	default:
		members["message"] = f.message
	}
	if f.item != nil {
		members["Item"] = f.item
	}
	if f.reasons != nil {
		members["CancellationReasons"] = f.reasons
	}
	body, err := json.Marshal(members)
	if err != nil {
		return []byte(`{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`)
	}
	return body
}

// decode reads JSON and gives what does not fit DynamoDB's words.
func decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var f *failure
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case !errors.As(err, &mismatch):
		return unreadable("The request body is not JSON: %v", err)
	case mismatch.Value == "object":
		return unreadable("Start of structure or map found where not expected")
	case mismatch.Value == "array":
		return unreadable("Start of list found where not expected")
	}
	return unreadable("%s cannot be converted to %s", wireTokens(mismatch.Value), wireType(mismatch.Type))
}
