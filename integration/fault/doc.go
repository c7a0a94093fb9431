// Package fault is the one way to make the local protocol servers misbehave.
//
// Every action of localkinesis, localdynamo and localsnowflake runs behind an
// Injector. A Hook sees each call before it is served and answers with an
// Effect: wait, refuse, lose the request before it had an effect, lose the
// answer after it had one, or cut the answer off in the middle of its body.
// The last three look to a client exactly like a broken connection, over
// HTTP/1.1, HTTP/2 and a direct transport alike, because the handler aborts
// with http.ErrAbortHandler.
package fault
