// Package kinesis holds localkinesis against clients of Kinesis that nobody of
// this project wrote:
//
//	aws_cli.py         the AWS CLI
//	boto3_streams.py   boto3: streams, records, resharding, settings
//	boto3_fan_out.py   boto3: consumers and SubscribeToShard
//	boto3_refusals.py  boto3: malformed input, expiry, throttling
//	sdk.mjs            @aws-sdk/client-kinesis, which speaks cleartext HTTP/2
//	lifion*.mjs        lifion-kinesis, whose leases lie in localdynamo
//
// calls.py, behind what all judges in Python have in common, and finding.mjs go
// in front of each. Every operation compares values, counts, order or error
// codes with what must be true. The servers keep the service's times, except that streams and consumers change state within
// 0.3 s (at once on KINESIS_PROMPT_URL), a subscription lives 10 s, and on
// KINESIS_SHORT_URL an iterator 1 s.
package kinesis
