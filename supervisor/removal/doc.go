// Package removal is kinesnow remove: it takes back what a connector registered
// outside, and says what else there is of it and how to delete that. It deletes
// nothing that holds a position or a row: those are for a human to let go of.
//
//	consumer     deregistered from the stream, or the command that does it
//	lease table  rows and nodes counted; the command that deletes it
//	channels     counted; they go with the pipe, or expire after 30 days
//	              without a row (Snowflake, "Channels")
//	files        journal and dead letters under data_dir
package removal
