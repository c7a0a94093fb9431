// Package migrate is kinesnow migrate: it makes an application's lease table one
// that kinesnow can go on from, without a record lost or a checkpoint moved.
//
//	Openflow, NiFi     the table is used as it is; --drained keeps the operator's
//	                   word that the other product's rows have all landed (P7)
//	KCL 1, 2, 3, 3.5   the leases are copied, compared, and put into a new table
//	                   of the same name (specs/kinesis-consumption.md 8)
//
// Plan says what would happen and writes nothing. Run does it; whoever is killed
// is followed by anybody, anywhere, from where things are. The work itself is
// package leasetable's; here are the stream's own facts, the copy on disk, and
// the words.
package migrate
