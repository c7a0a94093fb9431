package localsnowflake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

func TestStatusesAreKeyedByTheNameAsAsked(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.variants("A")
	a.open("T-STREAMING", "One", "").expect(200, "")
	a.open("T-STREAMING", "two", "").expect(200, "")
	r := a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:bulk-channel-status?requestId=1", []byte(`{"channel_names":["One","two","TWO","three"]}`), nil).expect(200, "")
	statuses := r.json["channel_statuses"].(map[string]any)
	var names []string
	for name, status := range statuses {
		names = append(names, name)
		if s := status.(map[string]any); s["channel_name"] != name || s["pipe_name"] != "T-STREAMING" || s["database_name"] != "DB" || s["schema_name"] != "S" {
			t.Errorf("%s: %v", name, s)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"One", "two"}) {
		t.Errorf("channels %v, want One and two", names)
	}
}

func TestStatusesAreSpelledAsAsked(t *testing.T) {
	for _, c := range []struct {
		options             localsnowflake.Options
		absent              string // last_committed_offset_token of a new channel
		opened, bulk, clock string // where the errors are counted, and the clock's form
	}{
		{localsnowflake.Options{}, "<nil>", "rows_error_count", "rows_error_count", "float64"},
		{localsnowflake.Options{AbsentToken: localsnowflake.TokenEmpty, ErrorsField: localsnowflake.RowsErrors, TimestampForm: localsnowflake.TimestampText},
			"", "rows_error_count", "rows_errors", "string"},
		{localsnowflake.Options{AbsentToken: localsnowflake.TokenMissing, TimestampForm: localsnowflake.TimestampRFC3339}, "missing", "rows_error_count", "rows_error_count", "string"},
	} {
		a := start(t, c.options)
		a.variants("A")
		opened := a.open("T-STREAMING", "c", "")
		status := opened.json["channel_status"].(map[string]any)
		absent := "missing"
		if token, ok := status["last_committed_offset_token"]; ok {
			absent = fmt.Sprint(token)
		}
		a.append("c", opened.next(), "1", "broken").expect(200, "")
		bulk := a.committed("c", "1")
		stamp := bulk["last_error_timestamp"]
		if absent != c.absent || number(status, c.opened) != 0 || number(bulk, c.bulk) != 1 || fmt.Sprintf("%T", stamp) != c.clock {
			t.Errorf("%+v:\nabsent token %q, want %q\nopened %v\nbulk %v", c.options, absent, c.absent, status, bulk)
		}
		if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(stamp)); (err == nil) != (c.options.TimestampForm == localsnowflake.TimestampRFC3339) {
			t.Errorf("timestamp %v", stamp)
		}
		if bulk["last_error_offset_upper_bound"] != "1" || !strings.Contains(fmt.Sprint(bulk["last_error_message"]), "JSON") {
			t.Errorf("last error: %v", bulk)
		}
	}
}

func TestMoreStatusCallsThanAllowedAreThrottled(t *testing.T) {
	a := start(t, localsnowflake.Options{StatusCallsPerSecond: 2, NamesPerStatus: 2})
	a.variants("A")
	a.open("T-STREAMING", "c", "").expect(200, "")
	ask := func(names string) *answer {
		return a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:bulk-channel-status", []byte(`{"channel_names":[`+names+`]}`), nil)
	}
	ask(`"c","d","e"`).expect(400, localsnowflake.CodeInvalidRequest)
	statuses := map[int]int{}
	for end := time.Now().Add(2 * time.Minute); (statuses[200] < 2 || statuses[429] == 0) && time.Now().Before(end); {
		r := ask(`"c","d"`)
		statuses[r.status]++
		if r.status == 429 && r.header.Get("Retry-After") != "1" {
			t.Errorf("429 with %v %s", r.header, r.body)
		}
	}
	if statuses[200] < 2 || statuses[429] == 0 {
		t.Errorf("statuses %v, want both 200 and 429", statuses)
	}
}
