// Package journal keeps event streams, as messages.Journal asks for: in memory
// (Memory, the default) or in append-only files (Segments). It is the memory
// of how a position was reached and never gives one (protocol.md P25): what
// goes wrong here is counted and told, and the flow goes on.
//
// # On disk
//
// One folder per stream, named as the stream with every byte outside
// [A-Za-z0-9_.-] as %XX; one lock file, so that one process writes; segments
// named after the Seq of their first entry, in 20 digits:
//
//	journal.lock
//	shard%2FshardId-000000000003/00000000000000000001.seg
//	shard%2FshardId-000000000003/00000000000000031877.seg
//
// A segment is a header of 52 bytes and frames. Numbers are little-endian,
// checksums CRC-32C.
//
//	header  0  8  "knjournl"
//	        8  4  format version, 1
//	       12  4  zero
//	       16 16  incarnation of the writer that made the segment
//	       32  8  Seq of the first entry
//	       40  8  when it was made, ms since 1970
//	       48  4  checksum of the 48 bytes before
//	frame   0  4  length of the payload, 1 to 4 MiB
//	        4  4  checksum of the length and the payload
//	        8     payload: msgpack map with seq, at, writer, kind, body
//
// # Who does what when
//
// Append numbers and encodes entries and leaves them in memory; a goroutine
// writes everything that waits every FlushEvery, or sooner once FlushBytes
// wait. So Append never waits for the disk, apart from a stream's first one,
// which finds the stream's end. A segment is synced when it is closed and by
// Sync. A crash of the process loses at most FlushEvery; a crash of the
// machine may lose more of the last segments. What is lost is evidence, never
// data.
//
// # What can be wrong
//
//	found                                 what happens
//	bad frame in the last segment         a torn write: cut off when the stream's next writer finds its end
//	bad frame in an older segment         the writer sets it aside as *.bad; readers pass over it
//	no header, a foreign one, or one that
//	is not the name's                     the same
//	a newer format version                passed over, left in place
//	a write fails (full disk)             what waited is dropped and counted; back to the last whole frame; a new segment after 10 s
//	it cannot be taken back either        tried once more before the next segment; until then readers pass over the segment
//	a sync fails                          reported; the file is never written through that descriptor again
//	the disk is too slow                  above 16 x FlushBytes waiting, entries are dropped and counted
//
// Seq counts on over what was dropped, so that a reader sees the hole. State
// tells what does not work while it does not; Options.Log is told when the first
// trouble begins and when the last is over, however many streams and tries.
//
// Readers need no lock: entries only ever appear at the end of the last
// segment, whole ones are told from torn ones by their checksum, and a reader
// that has come to the end of the last segment looks for a newer one.
package journal
