// Package tap stands between a client and a server, passes bytes on as they
// are, and sees by which protocol each connection speaks and how many HTTP/2
// streams it carries: what the server makes of the bytes stays the server's.
package tap
