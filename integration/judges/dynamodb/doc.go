// Package dynamodb lets others judge localdynamo.
//
// Two servers are judges by their answers: DynamoDB Local, which is AWS's own
// code, and dynalite, whose error texts were compared with the service's. A
// suite of requests, valid and malformed, goes to one of them and to
// localdynamo, request by request, as raw HTTP; the answers are normalised and
// diffed. Where localdynamo means to differ, [differences] says so with the
// reason and its source; a difference that is listed and never met is a
// disagreement, too, so that the list stays true. A chapter with such answers
// is a known difference in the table, not an agreement.
//
// Two clients are judges by what they accept: boto3 and the AWS CLI run a
// lease's life, with paginators, waiters and error codes.
//
//	suite*.go        the requests, by operation
//	exchange.go      one request and its answer, normalised
//	difference.go    what may differ, and why
//	diff.go          the suite against one server
//	race.go          20 racing conditional writes on both
//	servers.go       how the other servers are started
//	clients.go       boto3 and the AWS CLI
package dynamodb
