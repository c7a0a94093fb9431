// Package judge runs what nobody of this project wrote against what the
// project is: Snowflake's and AWS's own clients against the local servers, and
// servers of other people under the connector.
//
// A [Judge] names itself, its pinned version and the [Tool]s it needs. A
// [Session] installs the tools once into a cache, gives the judge a [Hearing]
// and collects one [Finding] per operation. What cannot be installed is not
// judged, which is said and counted but is no failure; a judge that ran and
// disagreed, or broke off, is one. Between the two is a difference that is listed
// with its reason ([Hearing.Differs]): it is counted by itself and fails nothing.
//
// A judge that is a program writes one line of JSON per operation to its
// standard output,
//
//	{"operation": "PutRecords", "agrees": true, "detail": "500 of 500 taken"}
//
// and ends with 0. Every other line, and its standard error, goes to the log
// of the hearing. It is told addresses by environment variables, and runs in
// an [Environment] without the user's own accounts and proxies: everything
// that it is told to speak to is on the loopback interface.
//
// An operation that must hold but has not been reached by the end of the
// hearing would be missing from the table without a sound. So every judge
// says how many findings it makes at least ([Judge.AtLeast]).
package judge
