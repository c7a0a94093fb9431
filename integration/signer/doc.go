// Package signer knows who may call a local AWS service: the access keys of an
// account, those of sessions among them, and the region and service that a
// request must be signed for. The signature itself is not verified: what a
// client is to be caught at is the wrong key, an old one, or the wrong region.
//
// The servers refuse with what Check returns, in their own envelopes. The codes
// and messages are those of the services ("Common Errors" of the Kinesis and
// DynamoDB API references; "Troubleshooting AWS Signature Version 4 errors", IAM
// User Guide).
package signer
