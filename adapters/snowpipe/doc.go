// Package snowpipe is a client of Snowpipe Streaming's high-performance
// architecture (REST API v2). It opens channels, appends rows to them, reads
// back what is committed, and drops them. It needs no SQL, no driver and no
// part of the connector it was written for: other projects can import it
// alone.
//
// # Words
//
// A pipe writes into one table; every table has a default pipe named
// <TABLE>-STREAMING. A channel is one ordered stream of rows into a pipe, with
// one owner: opening it fences every earlier owner. An offset token is a text
// of the caller's that Snowflake keeps beside a channel's committed rows. A
// continuation token says which append a channel expects next; each append
// hands over the next one.
//
// # A channel's life
//
//	Open ─▶ Append ─▶ Append ─▶ ...        one at a time, each with the token of the one before
//	              Status, Status, ...      until the end token of the last append is committed
//
//	tokens, err := snowpipe.NewKeyPair("MYORG-PROD", "LOADER", "LOADER_ROLE", key)
//	client, err := snowpipe.New(snowpipe.Config{
//		Account: "MYORG-PROD", Database: "RAW", Schema: "EVENTS",
//		Pipe: snowpipe.DefaultPipe("ORDERS"), Tokens: tokens,
//	})
//	opening, err := client.Open(ctx, "orders-0", true)
//	// resume after opening.Token, then:
//	body, length, encoding, err := client.Seal([][]byte{rows})
//	batch := &messages.SealedBatch{Body: body, Length: length, Encoding: encoding, Raw: raw,
//		RequestID: uuid.NewString(), Start: "1", End: "42"}
//	next, err := client.Append(ctx, "orders-0", opening.Continuation, batch)
//	client.Recycle(batch)
//	statuses, err := client.Status(ctx, []string{"orders-0"})
//
// Rows are newline-delimited JSON: one object a line, the last line ended too.
//
// # What exactly-once asks of the caller
//
//   - An append that was answered with 200 is accepted, not durable. Rows are
//     durable once Status names their end token, or a later one.
//   - After an append whose outcome is unknown (a Fault with Complete false)
//     repeat it unchanged: same batch, same continuation token. Snowflake
//     recognises the repeat. Never send other rows under a used token: they
//     are answered with 200 and dropped.
//   - Opening a channel again discards what is not committed. Resume after the
//     token of that Opening.
//   - Snowflake does not skip rows by their tokens; the caller does.
//
// # What the client does by itself
//
// It finds the account's ingest host, exchanges its credential for a token
// scoped to that host, unless it is one that is sent as it is (Token.Direct),
// and renews that token before it expires, once for all who wait. When a token
// is refused (401) it gets a new one and repeats the same bytes once; and once
// more, with direct tokens exchanged like the others, where the host has never
// taken any. When the pipe failed over (410) it forgets host, token and
// sessions, and finds them anew at the next call. Everything else is the
// caller's to repeat: no method waits or retries otherwise.
//
// Credentials go to Snowflake's own domain, or to loopback when the configured
// host is loopback, and an OAuth client's secret to its TokenURL; nowhere else: an ingest host of another domain is an
// error, redirects are not followed, and no error text holds a credential.
//
// # Errors
//
// New returns plain errors that name the field. What a Client sends fails with a
// *messages.Fault: its Class says what to do, its Complete whether the request
// surely had no effect. See fault.go for the table.
//
// Sources: docs.snowflake.com/user-guide/snowpipe-streaming (pages rest-api,
// limitations, error-handling, channels), and Snowflake's own published client
// in snowflakedb/snowflake-openflow-components.
package snowpipe
