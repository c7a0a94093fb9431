// Package servers holds the connector against servers that nobody of this
// project wrote: kinesis-local and kinesalite for the stream, DynamoDB Local
// and dynalite for the lease table, snowduck for Snowflake. One of the three
// services is theirs, the other two are the local cloud's.
//
// The connector is the built command. It is killed with SIGKILL in mid-run and
// started again; what is in the table afterwards is compared record by record
// with what the AWS SDK put and what it reads back.
//
// All servers listen on the loopback interface alone, which most of them have
// no option for: package emulators sees to that. The
// connector reaches them through a [between.Proxy], which counts what it asks
// for and stands in for the faults that those servers cannot play.
package servers
