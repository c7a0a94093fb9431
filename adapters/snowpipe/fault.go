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

// The verdicts (P11). All but unknown, throttled and busy are definite.
var (
	unknownOutcome = verdict{messages.Transient, messages.ReasonUnavailable, "", false}
	tryLater       = verdict{messages.Transient, messages.ReasonUnavailable, "", true}
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
//	status             open            append, status   hostname, token
//	3xx, 499, 5xx      outcome unknown, repeat
//	408, 429           repeat; the outcome is known where the service itself refused
//	401, 403           ACCESS_DENIED
//	410                failed over: discover anew
//	404                TARGET_MISSING  gone             TARGET_MISSING
//	409                uncommitted     invalidated      invalidated
//	413, other 4xx     TARGET_MISSING  refused          later (token: ACCESS_DENIED)
//
// A code that names a stale sequencer, a lost channel or the channel limit
// goes before the table's last three lines.
func judge(op operation, status int, e envelope) verdict {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return accessDenied
	case status == http.StatusGone:
		return failedOver
	case e.limited():
		return channelLimit
	case status == http.StatusTooManyRequests:
		return verdict{messages.Transient, messages.ReasonThrottled, "", e.formed}
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
	switch status {
	case http.StatusConflict:
		return uncommitted
	case http.StatusNotFound:
		return targetMissing
	}
	if v, known := e.verdict(); known {
		return v
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

// verdict is the meaning of a code by itself, if it has one. The codes are
// those of the error-handling page; the numbers are the classic API's, which
// still appear as status_code.
func (e envelope) verdict() (verdict, bool) {
	switch e.code {
	case "STALE_CONTINUATION_TOKEN_SEQUENCER", "ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER":
		return stale, true
	case "ERR_CHANNEL_NO_LONGER_EXISTS", "ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED":
		return channelGone, true
	case "ERR_CHANNEL_HAS_UNCOMMITTED_DATA":
		return uncommitted, true
	case "ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED", "ERR_TABLE_DOES_NOT_EXIST_NOT_AUTHORIZED",
		"ERR_TABLE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED", "ERR_PIPE_KIND_NOT_SUPPORTED":
		return targetMissing, true
	case "STALE_PIPE_CACHE":
		return invalidated, true
	}
	if e.overflows() {
		return overflowed, true
	}
	if strings.HasPrefix(e.code, "ERR_CHANNEL_") {
		return invalidated, true
	}
	switch e.number {
	case 4, 8, 9: // table, database, schema missing
		return targetMissing, true
	case 19, 25: // no longer exists; missing or not authorized
		return channelGone, true
	case 20: // another writer's client sequencer
		return stale, true
	case 7, 10: // queue full; passing
		return tryLater, true
	case 21, 36, 40: // out of order; must be reopened; schema changed
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
