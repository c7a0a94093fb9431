package snowpipe

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// every body is one of the four envelopes.
func code(c string) string { return `{"code":"` + c + `","message":"m"}` }
func number(n int) string  { return `{"status_code":` + strconv.Itoa(n) + `,"message":"m"}` }

// TestEveryRefusalHasItsMeaning holds spec 1.11, line by line; docs/traps.md names
// the reaction to each.
func TestEveryRefusalHasItsMeaning(t *testing.T) {
	const plain, none = "Not Found", ""
	throttledSomewhere := verdict{messages.Transient, messages.ReasonThrottled, "", false}
	for _, c := range []struct {
		op     operation
		status int
		body   string
		want   verdict
	}{
		{opAppend, 400, code("STALE_CONTINUATION_TOKEN_SEQUENCER"), stale},
		{opAppend, 400, code("ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER"), stale},
		{opAppend, 400, number(20), stale},
		{opAppend, 400, code("STALE_CONTINUATION_TOKEN"), stale},
		{opAppend, 400, code("STALE_PIPE_CACHE"), invalidated},
		{opAppend, 400, code("ERR_PIPE_DOES_NOT_EXIST"), invalidated},
		{opAppend, 400, code("ERR_SCHEMA_DOES_NOT_EXIST_OR_NOT_AUTHORIZED"), invalidated},
		{opAppend, 400, code("ERR_DATABASE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED"), invalidated},
		{opAppend, 400, code("ERR_PIPE_KIND_NOT_SUPPORTED"), invalidated},
		{opAppend, 400, code("ERR_RESOLVED_TABLE_IS_READ_ONLY"), invalidated},
		{opAppend, 400, code("ERR_GENERAL_EXCEPTION_RETRY_REQUEST"), tryLater},
		{opAppend, 400, number(4), invalidated},
		{opAppend, 400, number(6), invalidated},
		{opAppend, 400, number(7), tryLater},
		{opAppend, 400, number(8), invalidated},
		{opAppend, 400, number(9), invalidated},
		{opAppend, 400, number(10), tryLater},
		{opAppend, 400, number(19), channelGone},
		{opAppend, 400, number(21), invalidated},
		{opAppend, 400, number(22), invalidated},
		{opAppend, 400, number(25), channelGone},
		{opAppend, 400, number(36), invalidated},
		{opAppend, 400, number(40), invalidated},
		{opAppend, 400, number(47), invalidated},
		{opAppend, 400, number(49), invalidated},
		{opAppend, 409, code("STALE_CONTINUATION_TOKEN_SEQUENCER"), stale},
		{opAppend, 400, code("ERR_CHANNEL_HAS_INVALID_ROW_SEQUENCER"), invalidated},
		{opAppend, 400, code("ERR_INVALID_REQUEST"), refusedBatch},
		{opAppend, 400, none, refusedBatch},
		{opAppend, 413, code("ERR_REQUEST_TOO_LARGE"), refusedBatch},
		{opAppend, 413, plain, refusedBatch},
		{opAppend, 422, plain, refusedBatch},
		{opAppend, 401, plain, accessDenied},
		{opAppend, 403, code("ERR_TABLE_DOES_NOT_EXIST_NOT_AUTHORIZED"), accessDenied},
		{opAppend, 404, code("ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED"), channelGone},
		{opAppend, 404, code("ERR_CHANNEL_NO_LONGER_EXISTS"), channelGone},
		{opAppend, 404, code("ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED"), invalidated},
		{opAppend, 404, plain, channelGone},
		{opAppend, 409, code("ERR_CHANNEL_MUST_BE_REOPENED"), invalidated},
		{opAppend, 409, code("ERR_CHANNEL_MUST_BE_REOPENED_DUE_TO_ROW_SEQ_GAP"), invalidated},
		{opAppend, 409, `{"code":"ERR_CHANNEL_MUST_BE_REOPENED","message":"schema evolution added more than 100 columns"}`, overflowed},
		{opAppend, 409, none, invalidated},
		{opAppend, 410, "Gone", failedOver},
		{opAppend, 408, code("ERR_TIMEOUT"), verdict{messages.Transient, messages.ReasonUnavailable, "", true}},
		{opAppend, 408, none, unknownOutcome},
		{opAppend, 429, number(7), throttled},
		{opAppend, 429, plain, throttledSomewhere},
		{opAppend, 499, none, unknownOutcome},
		{opAppend, 500, code("ERR_INTERNAL"), unknownOutcome},
		{opAppend, 503, code("HttpRetryableClientError"), unknownOutcome},
		{opAppend, 599, none, unknownOutcome},
		{opAppend, 302, none, unknownOutcome},
		{opAppend, 204, none, unknownOutcome},
		{opOpen, 400, `{"error":"ERR_PIPE_KIND_NOT_SUPPORTED"}`, targetMissing},
		{opOpen, 400, code("ERR_INVALID_REQUEST"), targetMissing},
		{opOpen, 400, code("STALE_PIPE_CACHE"), invalidated},
		{opOpen, 400, number(5), channelLimit},
		{opOpen, 429, number(5), channelLimit},
		{opOpen, 429, number(87), throttled},
		{opOpen, 400, number(87), throttled},
		{opOpen, 400, number(4), targetMissing},
		{opOpen, 400, number(6), targetMissing},
		{opOpen, 400, number(8), targetMissing},
		{opOpen, 400, number(9), targetMissing},
		{opOpen, 400, number(47), targetMissing},
		{opOpen, 400, number(49), targetMissing},
		{opOpen, 400, number(10), tryLater},
		{opOpen, 400, number(20), stale},
		{opOpen, 404, code("STALE_PIPE_CACHE"), invalidated},
		{opOpen, 409, code("STALE_PIPE_CACHE"), invalidated},
		{opOpen, 404, code("ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED"), targetMissing},
		{opOpen, 400, code("ERR_CHANNEL_LIMIT_EXCEEDED"), channelLimit},
		{opOpen, 404, code("ERR_TABLE_DOES_NOT_EXIST_NOT_AUTHORIZED"), targetMissing},
		{opOpen, 404, none, targetMissing},
		{opOpen, 409, code("ERR_CHANNEL_HAS_UNCOMMITTED_DATA"), uncommitted},
		{opOpen, 410, none, failedOver},
		{opOpen, 403, none, accessDenied},
		{opStatus, 400, none, invalidated},
		{opStatus, 404, code("ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED"), invalidated},
		{opStatus, 404, none, channelGone},
		{opStatus, 429, number(7), throttled},
		{opDrop, 409, code("ERR_CHANNEL_HAS_UNCOMMITTED_DATA"), uncommitted},
		{opDrop, 404, none, channelGone},
		{opDiscover, 404, plain, targetMissing},
		{opDiscover, 400, none, tryLater},
		{opDiscover, 502, none, unknownOutcome},
		{opExchange, 400, `{"error":"invalid_grant"}`, accessDenied},
		{opExchange, 404, none, targetMissing},
		{opExchange, 429, none, throttledSomewhere},
	} {
		if got := judge(c.op, c.status, parseEnvelope([]byte(c.body))); got != c.want {
			t.Errorf("%s %d %s: %+v, want %+v", c.op.name(), c.status, c.body, got, c.want)
		}
	}
}

func TestEveryStatusCodeHasItsMeaning(t *testing.T) {
	for _, healthyCode := range []string{"SUCCESS", "ACTIVE", "OPEN", "0", ""} {
		s := (&wireStatus{Code: flexText(healthyCode)}).status("c")
		if f := StatusFault(s); f != nil {
			t.Errorf("%q is a fault: %v", healthyCode, f)
		}
	}
	for text, want := range map[string]verdict{
		"ERR_PIPE_DOES_NOT_EXIST_OR_NOT_AUTHORIZED":       invalidated,
		"ERR_TABLE_DOES_NOT_EXIST_NOT_AUTHORIZED":         invalidated,
		"ERR_CHANNEL_HAS_INVALID_ROW_SEQUENCER":           invalidated,
		"ERR_CHANNEL_HAS_INVALID_CLIENT_SEQUENCER":        stale,
		"ERR_CHANNEL_MUST_BE_REOPENED":                    invalidated,
		"ERR_CHANNEL_MUST_BE_REOPENED_DUE_TO_ROW_SEQ_GAP": invalidated,
		"ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED": channelGone,
		"ERR_CHANNEL_NO_LONGER_EXISTS":                    channelGone,
		"STALE_CONTINUATION_TOKEN_SEQUENCER":              stale,
		"STALE_CONTINUATION_TOKEN":                        stale,
		"STALE_PIPE_CACHE":                                invalidated,
		"ERR_INVALID_REQUEST":                             invalidated,
		"19":                                              channelGone,
		"20":                                              stale,
		"36":                                              invalidated,
		"ERR_OF_TOMORROW":                                 invalidated,
	} {
		f := StatusFault((&wireStatus{Code: flexText(text)}).status("c"))
		if f == nil || f.Class != want.class || f.Reason != want.reason || f.Stop != want.stop {
			t.Errorf("%s: %+v, want %+v", text, f, want)
		}
	}
	f := StatusFault(&messages.ChannelStatus{Code: "ERR_CHANNEL_MUST_BE_REOPENED", LastError: "Schema evolution exceeded 100 columns"})
	if f == nil || f.Reason != messages.ReasonOverflow {
		t.Errorf("an evolution overflow became %+v", f)
	}
}

func TestEveryRejectedFaultHasAStopAndAHint(t *testing.T) {
	for _, v := range []verdict{accessDenied, targetMissing, channelLimit} {
		if f := v.fault(opOpen, errMissing); f.Stop == "" || f.Hint == "" || f.Class != messages.Rejected {
			t.Errorf("%+v", f)
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	at := func(text string) time.Duration {
		return retryAfter(&answer{header: http.Header{"Retry-After": {text}}})
	}
	for text, want := range map[string]time.Duration{"": 0, "3": 3 * time.Second, "-1": 0, "soon": 0, "99999999": maxRetryAfter} {
		if got := at(text); got != want {
			t.Errorf("Retry-After %q = %v, want %v", text, got, want)
		}
	}
	if got := at(time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)); got < 80*time.Second || got > 91*time.Second {
		t.Errorf("Retry-After as a date = %v, want about 90 s", got)
	}
}

func TestStatusesAreReadInEverySpelling(t *testing.T) {
	when := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	ms := strconv.FormatInt(when.UnixMilli(), 10)
	for _, c := range []struct {
		body string
		want messages.ChannelStatus
	}{
		{`{}`, messages.ChannelStatus{Channel: "c", Healthy: true}},
		{`{"channel_name":"d","channel_status_code":"SUCCESS","last_committed_offset_token":null,"last_error_timestamp":null,"rows_errors":null}`,
			messages.ChannelStatus{Channel: "d", Code: "SUCCESS", Healthy: true}},
		{`{"channel_status_code":0,"last_committed_offset_token":"7","created_on_ms":"12","rows_inserted":3,"rows_parsed":4.0,"rows_errors":2,"last_error_timestamp":` + ms + `}`,
			messages.ChannelStatus{Channel: "c", Code: "0", Healthy: true, Token: "7", CreatedMS: 12, RowsInserted: 3, RowsParsed: 4, RowsErrors: 2, ErrorAt: when}},
		{`{"rows_errors":9,"rows_error_count":"5","last_error_timestamp_ms":` + ms + `}`,
			messages.ChannelStatus{Channel: "c", Healthy: true, RowsErrors: 5, ErrorAt: when}},
		{`{"last_error_timestamp":"2026-05-04T05:02:01+02:00","last_error_message":"m","last_error_offset_upper_bound":"8"}`,
			messages.ChannelStatus{Channel: "c", Healthy: true, LastError: "m", ErrorUpTo: "8", ErrorAt: when}},
		{`{"channel_status_code":"ERR_X","message":"why"}`,
			messages.ChannelStatus{Channel: "c", Code: "ERR_X", Reason: messages.ReasonInvalidated, LastError: "why"}},
		{`{"status_code":0,"channel_status_code":""}`, messages.ChannelStatus{Channel: "c", Healthy: true}},
		{`{"status_code":20}`, messages.ChannelStatus{Channel: "c", Code: "20", Reason: messages.ReasonStale}},
		{`{"status_code":20,"channel_status_code":"SUCCESS"}`, messages.ChannelStatus{Channel: "c", Code: "SUCCESS", Healthy: true}},
		{`{"channel_status_code":"ERR_X","message":"why","last_error_message":"bad row"}`,
			messages.ChannelStatus{Channel: "c", Code: "ERR_X", Reason: messages.ReasonInvalidated, LastError: "why; bad row"}},
		{`{"channel_status_code":"ERR_X","message":"why","last_error_message":"why"}`,
			messages.ChannelStatus{Channel: "c", Code: "ERR_X", Reason: messages.ReasonInvalidated, LastError: "why"}},
		{`{"created_on_ms":{},"rows_inserted":"many","last_error_timestamp":[1]}`,
			messages.ChannelStatus{Channel: "c", Healthy: true}},
	} {
		if got := parseStatus(t, c.body); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.body, got, c.want)
		}
	}
}
