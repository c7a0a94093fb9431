package snowpipe

import (
	"net/http"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/account"
	"github.com/kinesnow/kinesnow/messages"
)

// operation is what a call was for. Some answers mean different things to
// different operations.
type operation uint8

const (
	opSignIn operation = iota
	opDiscover
	opExchange
	opOpen
	opAppend
	opStatus
	opDrop
)

func (o operation) name() string {
	return [...]string{"snowpipe.signin", "snowpipe.hostname", "snowpipe.token",
		"snowpipe.open", "snowpipe.append", "snowpipe.status", "snowpipe.drop"}[o]
}

// verdict is the meaning of an answer that is no success.
type verdict struct {
	class    messages.Class
	reason   messages.Reason
	stop     messages.StopCode
	complete bool // the request surely had no effect
}

func (v verdict) fault(op operation, err error) *messages.Fault {
	return &messages.Fault{
		Class: v.class, Reason: v.reason, Stop: v.stop, Op: op.name(),
		Err: err, Hint: v.stop.Hint(), Complete: v.complete,
	}
}

// The verdicts (P11). All but the first are definite.
var (
	unknownOutcome = verdict{messages.Transient, messages.ReasonUnavailable, "", false}
	tryLater       = verdict{messages.Transient, messages.ReasonUnavailable, "", true}
	throttled      = verdict{messages.Transient, messages.ReasonThrottled, "", true}
	refusedBatch   = verdict{messages.Transient, messages.ReasonRefused, "", true}
	uncommitted    = verdict{messages.Transient, messages.ReasonUncommitted, "", true}
	invalidated    = verdict{messages.Transient, messages.ReasonInvalidated, "", true}
	overflowed     = verdict{messages.Transient, messages.ReasonOverflow, "", true}
	channelGone    = verdict{messages.Transient, messages.ReasonGone, "", true}
	failedOver     = verdict{messages.Transient, messages.ReasonFailedOver, "", true}
	stale          = verdict{messages.Fenced, messages.ReasonStale, "", true}
	accessDenied   = verdict{messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true}
	targetMissing  = verdict{messages.Rejected, messages.ReasonMissing, messages.TargetMissing, true}
	channelLimit   = verdict{messages.Rejected, messages.ReasonStopped, messages.ChannelLimit, true}
)

// judge gives an answer its meaning: by HTTP status first, then by code (P11,
// and "Status codes" of the error-handling page).
//
//	status             open            append       status, drop  hostname        token
//	3xx, 499, 5xx      outcome unknown, repeat
//	408, 429           repeat; the outcome is known where the service itself refused
//	401, 403           ACCESS_DENIED
//	410                failed over: discover anew
//	404                TARGET_MISSING  gone         gone          TARGET_MISSING  TARGET_MISSING
//	409                uncommitted     invalidated  invalidated   later           ACCESS_DENIED
//	413, other 4xx     TARGET_MISSING  refused      invalidated   later           ACCESS_DENIED
//
// A code that is known goes before the last three lines of open, append, status
// and drop (see verdict), for of an unknown one an append can only suspect its
// rows (P13); that a pipe has all its channels (see limited) before all but 401,
// 403 and 410.
func judge(op operation, status int, e envelope) verdict {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return accessDenied
	case status == http.StatusGone:
		return failedOver
	case e.limited():
		return channelLimit
	case status == http.StatusTooManyRequests:
		v := throttled
		v.complete = e.formed
		return v
	case status == http.StatusRequestTimeout:
		return verdict{messages.Transient, messages.ReasonUnavailable, "", e.formed}
	case status < 400, status == 499, status >= 500:
		return unknownOutcome
	}
	switch op {
	case opOpen:
		return judgeOpen(status, e)
	case opAppend, opStatus, opDrop:
		return judgeChannel(op, status, e)
	case opDiscover:
		if status == http.StatusNotFound {
			return targetMissing
		}
		return tryLater
	}
	if status == http.StatusNotFound {
		return targetMissing
	}
	return accessDenied // the exchange of a token was refused: RFC 6749 says so with 400
}

func judgeOpen(status int, e envelope) verdict {
	v, known := e.verdict()
	switch {
	case known && (v != channelGone || status != http.StatusNotFound):
		return v
	case status == http.StatusConflict:
		return uncommitted
	}
	return targetMissing // names or pipe kind: no time heals that
}

func judgeChannel(op operation, status int, e envelope) verdict {
	v, known := e.verdict()
	switch {
	case known && v != targetMissing:
		return v
	case known: // pipe or table: the next open says so in full
		return invalidated
	case status == http.StatusNotFound:
		return channelGone
	case status == http.StatusConflict, op != opAppend:
		return invalidated
	}
	return refusedBatch
}

// verdict is the meaning of a code by itself, if it has one: a name, or a
// number of the classic API, which still appears as status_code.
func (e envelope) verdict() (verdict, bool) {
	if v, known := e.named(); known {
		return v, true
	}
	return e.numbered()
}

// named are the codes of the error-handling page, and the names that the
// classic API has for its numbers.
func (e envelope) named() (verdict, bool) {
	switch e.code {
	case "STALE_CONTINUATION_TOKEN_SEQUENCER", "STALE_CONTINUATION_TOKEN", "ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER":
		return stale, true
	case "ERR_CHANNEL_NO_LONGER_EXISTS", "ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED":
		return channelGone, true
	case "ERR_CHANNEL_HAS_UNCOMMITTED_DATA":
		return uncommitted, true
	case "ERR_PIPE_KIND_NOT_SUPPORTED", "ERR_TABLE_OR_COLUMN_TYPE_NOT_SUPPORTED",
		"ERR_RESOLVED_TABLE_IS_READ_ONLY", "ERR_INGESTION_ON_TABLE_NOT_ALLOWED":
		return targetMissing, true
	case "ERR_ENQUEUE_TABLE_CHUNK_QUEUE_FULL", "ERR_GENERAL_EXCEPTION_RETRY_REQUEST":
		return tryLater, true
	case "STALE_PIPE_CACHE", "ERR_OTHER_CHANNEL_IN_CHUNK_HAS_ISSUE", "ERR_MISSING_COLUMN_IN_EP_INFO":
		return invalidated, true
	}
	for _, kind := range []string{"PIPE", "TABLE", "SCHEMA", "DATABASE"} {
		if strings.HasPrefix(e.code, "ERR_"+kind+"_DOES_NOT_EXIST") { // with and without what follows
			return targetMissing, true
		}
	}
	switch {
	case e.overflows():
		return overflowed, true
	case strings.HasPrefix(e.code, "ERR_CHANNEL_"):
		return invalidated, true
	}
	return verdict{}, false
}

// numbered are the classic codes (StreamingIngestResponseCode of
// snowflake-ingest-java). 5 is limited's.
func (e envelope) numbered() (verdict, bool) {
	switch e.number {
	case 4, 8, 9: // table, database, schema missing
		return targetMissing, true
	case 6, 47, 49: // a kind of table or column that is not supported; read-only; ingestion not allowed
		return targetMissing, true
	case 19, 25: // no longer exists; missing or not authorized
		return channelGone, true
	case 20: // another writer's client sequencer
		return stale, true
	case 7, 10: // queue full; passing
		return tryLater, true
	case 87: // too many opens are pending
		return throttled, true
	case 21, 22, 36, 40: // out of order; another channel's trouble; must be reopened; schema changed
		return invalidated, true
	}
	return verdict{}, false
}

// overflows reports that schema evolution gave up on the rows themselves: more
// than 100 new columns at once, or a key that can be no column (data-load
// schema evolution page). The code for it is not documented, hence the words.
func (e envelope) overflows() bool {
	return strings.Contains(e.code, "SCHEMA_EVOLUTION") || strings.Contains(strings.ToLower(e.message), "schema evolution")
}

// limited reports that the pipe or table has all the channels it may have.
func (e envelope) limited() bool {
	return e.number == 5 ||
		strings.Contains(e.code, "CHANNEL") && (strings.Contains(e.code, "LIMIT") || strings.Contains(e.code, "TOO_MANY"))
}

// unanswered is the fault of a call without a complete answer.
func unanswered(op operation, channel string, err error) *messages.Fault {
	if channel != "" {
		err = &channelError{channel, err}
	}
	f := unknownOutcome.fault(op, err)
	if hint := account.Untrusted(err); hint != "" {
		f.Hint = hint
	}
	return f
}

// denied is the fault of a credential that cannot be used.
func denied(op operation, err error) *messages.Fault { return accessDenied.fault(op, err) }

// misuse is the fault of a call that was never sent because it could only fail.
func misuse(op operation, err error) *messages.Fault {
	return verdict{messages.Transient, messages.ReasonInvariant, "", true}.fault(op, err)
}

// channelError names the channel in front of a cause.
type channelError struct {
	channel string
	err     error
}

func (e *channelError) Error() string { return "channel " + e.channel + ": " + e.err.Error() }
func (e *channelError) Unwrap() error { return e.err }
