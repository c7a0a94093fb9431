// Package localsnowflake is a Snowflake account on loopback: Snowpipe
// Streaming (high-performance REST v2) and the SQL driver protocol, served
// from one process for tests, demos and chaos runs.
//
//	PUT    .../pipes/P/channels/C            open_channel.go     fences older openings, drops uncommitted rows
//	POST   /data/.../channels/C/rows         append_rows.go      200 means accepted, not durable
//	POST   /data/.../channels/C/filebuffer   filebuffer.go       the same, the rows lying in files on the stage
//	PUT    /localsnowflake-stage/...         put_object.go       the stage: S3's PutObject
//	POST   /data/.../tables/T/rows           elastic.go          without order or tokens; 200 means durable
//	POST   .../pipes/P:bulk-channel-status   bulk_channel_status.go
//	DELETE .../pipes/P/channels/C            drop_channel.go
//	POST   .../pipes/P:pipe-info             pipe_info.go        the stage, and the key for its files
//	GET    /v2/streaming/hostname            hostname.go
//	POST   /oauth/token                      oauth_token.go
//	POST   /telemetry/send/sessionless       sessionless_telemetry.go
//	       /session/..., /queries/...        driver.go           the SQL driver protocol
//
// Snowflake's own streaming SDKs run against it unmodified. They are given
// host and port; those that want TLS, Options.SecureListen and what
// Server.Authority says in the file that SSL_CERT_FILE names.
//
// # An append's way
//
// The request's goroutine unpacks the body and checks the continuation token;
// the batch then waits in its channel (channel.go). After the commit delay the
// committer, one goroutine, turns it into rows - by name (package ingest), or
// by the query of a custom pipe (transform.go) -, lets the table evolve, and
// puts rows, error rows and the channel's new state into the store in one
// transaction (package rowstore). Only then does the channel's committed offset
// token move. Batches of a channel commit in order; opening the channel again
// drops those that still wait.
//
// The committer sleeps on one timer until the first batch is due and then a
// tick longer (an eighth of the delay, at most 20 ms), so that all that falls
// due meanwhile shares a transaction. An append wakes it only when it would
// fall due before that.
//
// # Locks
//
// Server.durable orders everything that changes channels for good: commits,
// opens, drops, control methods. channels.mu guards the channels in memory, is
// held for moments, and never while the catalog or the store is called.
//
// # Throughput runs
//
// Rows are kept, as a table does. With Options.Store set to a
// rowstore.Counting they are counted and forgotten instead; what is accepted
// and not yet committed stays in memory all the same: a delay's worth of
// unpacked appends, up to Options.MaxUncommitted per channel.
//
// # Misbehaving
//
// Every action runs behind a fault.Injector (Server.Faults); see the Action
// constants. What a fault hook cannot do - invalidating or expiring a channel,
// stalling commits, failing over - are methods of Server in control.go. Points
// on which the real service is not known, or differs between revisions, are
// fields of Options.
package localsnowflake
