// Package deadletter keeps user records that could not become rows, as
// messages.DeadLetter asks for: Discard counts them, OpenFile writes them to
// files. A letter is put before the position that covers it is written, so it
// is safe once Put has returned (protocol.md P17); its id is the position, so
// one that is put again after a crash is the same letter.
//
// Files are NDJSON, one messages.Letter a line with the payload in base64:
//
//	letters-20261002T081500.000000000Z-1.ndjson
//
// The name says when the file was begun and the how manieth of the process it
// is; names sort by time. A process only ever appends to files that it began.
// A machine that crashes may leave a torn last line; Read passes over it.
package deadletter
