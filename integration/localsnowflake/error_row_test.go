package localsnowflake_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// errorTable appends bad rows between good ones to a table T (N NUMBER) and
// returns what the error table holds.
func (a *account) errorTable(logging bool, query url.Values) (table *catalog.Table, rows []rowstore.ErrorRow) {
	a.t.Helper()
	table = a.table(catalog.Table{Name: "T", ErrorLogging: logging, Columns: []catalog.Column{{Name: "N", Type: catalog.IntegerType(), Nullable: true}}}, catalog.Insert)
	query.Set("continuationToken", a.open("T-STREAMING", "c", "").next())
	body := strings.Join([]string{`{"n":1}`, `{"n":"x","m":"<"}`, `{"n":`, "\xff", `7`, `{"n":2}`}, "\n")
	a.appendWith("c", query, []byte(body), nil).expect(200, "")
	status := a.committed("c", "9")
	if number(status, "rows_inserted") != 2 || number(status, "rows_error_count") != 4 || number(status, "rows_parsed") != 6 || status["channel_status_code"] != "SUCCESS" {
		a.t.Errorf("status %v", status)
	}
	must(a.t, a.Store().ScanErrors(table.ID, func(r rowstore.ErrorRow) bool {
		rows = append(rows, r)
		return true
	}))
	return table, rows
}

func TestBadRowsGoToTheErrorTable(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table, rows := a.errorTable(true, url.Values{"startOffsetToken": {"5"}, "endOffsetToken": {"9"}})
	expectRows(t, a.rows(table), `{"n":1}`, `{"n":2}`)
	want := []struct {
		code    int
		content string
		column  string
		payload any
	}{
		{100071, "json", "N", map[string]any{"n": "x", "m": "<"}},
		{100069, "json-invalid", "", `{"n":`},
		{100069, "binary-base64", "", "/w=="},
		{100069, "json", "", 7.0},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d error rows, want %d", len(rows), len(want))
	}
	for i, r := range rows {
		var metadata map[string]any
		var data map[string]any
		must(t, json.Unmarshal(r.Metadata, &metadata))
		must(t, json.Unmarshal(r.Data, &data))
		details := metadata["details"].(map[string]any)
		source, _ := metadata["error_source"].(string)
		if r.Code != want[i].code || details["error_data_content_type"] != want[i].content || source != want[i].column || !reflect.DeepEqual(data["$1"], want[i].payload) {
			t.Errorf("row %d: code %d, metadata %s, data %s", i, r.Code, r.Metadata, r.Data)
		}
		if metadata["service"] != "snowpipe_streaming" || details["pipe_name"] != "T-STREAMING" || details["channel_name"] != "c" ||
			details["offset_token_lower_bound"] != "5" || details["offset_token_upper_bound"] != "9" || details["error_data_truncated"] != false || r.QueryID != rows[0].QueryID {
			t.Errorf("row %d: metadata %s", i, r.Metadata)
		}
	}
}

func TestTheLowerBoundIsThereOnlyWhenItWasSent(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	_, rows := a.errorTable(true, url.Values{"offsetToken": {"9"}})
	if len(rows) != 4 || strings.Contains(string(rows[0].Metadata), "lower_bound") {
		t.Errorf("%d error rows, the first with %s", len(rows), rows[0].Metadata)
	}
}

func TestWithoutErrorLoggingBadRowsAreOnlyCounted(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	if _, rows := a.errorTable(false, url.Values{"endOffsetToken": {"9"}}); len(rows) != 0 {
		t.Errorf("%d error rows, want none", len(rows))
	}
}

func TestRowErrorsCanBeInjected(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	a.SetRowFault(func(channel string, row []byte) (int, string) {
		if channel == "c" && strings.Contains(string(row), "bad") {
			return 100071, "injected"
		}
		return 0, ""
	})
	token := a.append("c", a.open("T-STREAMING", "c", "").next(), "1", `{"a":"bad"}`+"\n"+`{"a":"good"}`).next()
	if status := a.committed("c", "1"); number(status, "rows_error_count") != 1 || status["last_error_message"] != "injected" {
		t.Errorf("status %v", status)
	}
	a.SetRowFault(nil)
	a.append("c", token, "2", `{"a":"bad"}`).expect(200, "")
	a.committed("c", "2")
	expectRows(t, a.rows(table), `{"a":"good"}`, `{"a":"bad"}`)
}
