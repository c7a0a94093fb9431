// Package quakes judges the main job from the outside: real earthquakes, put by
// AWS's own clients, read back by Snowflake's own driver, while `kinesnow dev`
// and `kinesnow run` are processes of their own.
//
//	go run ./integration/judges -only earthquakes -logs DIR
//
// keeps the story of both scenarios in DIR:
//
//	fields   1,707 records by boto3 into a table with VARIANT columns, by the
//	         AWS CLI into a table wholly left to evolution; every field of every
//	         row, all seven of KINESISMETADATA, and which odd rows are refused
//	         (specs: Snowflake's coercion on the default pipe, schema evolution)
//	kills    the same at 50 records/s with a commit delay of 2 s, three
//	         kill -9 that each leave an append accepted and uncommitted, a split and a merge
//
// That a kill found an append accepted and uncommitted is seen from outside: the
// channel's token moves after the death, in the opening of the dead. What was put
// is what the clients were answered; what is in the table is what the driver
// gives, in the order of the commits.
//
//	flow.go         what both scenarios do     toolbox.go, client.go     binary and clients
//	aws.go          boto3 and the AWS CLI      stream.go, lease.go       shards, lease rows
//	cloud.go        kinesnow dev               connector.go              kinesnow run
//	warehouse.go    the driver                 input.go, transcript.go   the file; what is printed
//	comparison.go   rows against records       field.go, metadata.go     one value; the seven fields
//	expectation.go  what evolution must do     odd.go                    odd records
//	fields.go       the first scenario         kills.go, death.go        the second
//
// Every verdict is one finding.
package quakes
