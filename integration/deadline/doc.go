// Package deadline bounds how long a local protocol server waits for the body
// of a request. A client that announces more than it sends would otherwise
// hold a connection and a goroutine for as long as it likes.
//
// http.Server.ReadTimeout is no substitute: its deadline stays on the
// connection while a request is served, and a request that is served for
// longer - a subscription, a statement - would lose its context.
package deadline
