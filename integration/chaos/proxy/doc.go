// Package proxy stands between a client and a server on TCP and spoils what
// passes. It knows no protocol: what it does is what networks do.
//
//	Latency   every piece waits before it is passed on, both ways
//	Slice     pieces are passed on a few bytes at a time
//	Swallow   half-open: connections are taken, bytes go nowhere, nothing is
//	          answered; with the next mood such connections are dropped
//	Forget    half-open for good: such connections stay, and no byte, not even
//	          an end, ever passes either way again
//	Cut       the next answer breaks off in its middle, with a reset
//	Reset     every connection that lives is reset now
//
// A connection that lost a byte never works again: nothing is passed on behind
// a hole. So whatever reaches either side is a prefix of what the other sent.
package proxy
