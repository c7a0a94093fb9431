// Package leases says what a DynamoDB must do for adapters/leasetable, as
// cases that run against any server of DynamoDB's protocol: AWS's own
// DynamoDB Local, dynalite, and localdynamo. A case works through the
// adapter's own calls and compares the rows and errors that come back.
//
// Each case has a stream name of its own in one table, so that they share
// neither rows nor an order.
package leases
