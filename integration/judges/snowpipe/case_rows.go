package snowpipe

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// rowCases are what becomes of a row.
var rowCases = []trialCase{
	{operation: "append rows", options: strict, run: appendRows},
	{operation: "values of every type", ddl: ddlTypes, run: everyType},
	{operation: "native values", ddl: ddlTypes, run: nativeValues},
	{operation: "rows that are rejected", run: rejected},
	{operation: "unknown keys", run: unknownKeys},
	{operation: "schema evolution", ddl: `CREATE TABLE T (N NUMBER NOT NULL) ENABLE_SCHEMA_EVOLUTION = TRUE`, run: evolution},
}

// strict lets the service insist on what the documentation says of appends,
// and on the session that it answers the first one with.
var strict = localsnowflake.Options{RequireSession: true, RequirePacked: true, RequireMediaType: true}

const ddlTypes = `CREATE TABLE T (N NUMBER(38,0), D NUMBER(38,9), F FLOAT, TXT VARCHAR, B BINARY, OK BOOLEAN, DAY DATE, CLOCK TIME,
	T TIMESTAMP_TZ, TN TIMESTAMP_NTZ, V VARIANT, O OBJECT, A ARRAY)`

func appendRows(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	for n := range 200 { // one row and one token each
		rows := []map[string]any{{"N": n, "V": map[string]any{"half": float64(n) / 2}}}
		c := command{"client": "c", "channel": channel, "rows": rows, "start": fmt.Sprint(n), "end": fmt.Sprint(n)}
		if _, err := t.tell(ctx, "append", c); err != nil {
			return "", err
		}
	}
	if err := t.tellAll(ctx, wait("c", channel, 199), generate("c", channel, 200, 1800, 300, 40), wait("c", channel, 1999)); err != nil {
		return "", err
	}
	if err := t.each(2000); err != nil {
		return "", err
	}
	sum, err := t.ask(ctx, `SELECT COUNT(*) || ' ' || SUM(V:half::NUMBER(10,1)) FROM T WHERE N < 200`)
	if err != nil {
		return "", err
	}
	if sum != "200 9950.0" {
		return "", fmt.Errorf("gosnowflake reads %q", sum)
	}
	requests := t.seen.rows(channel)
	for _, x := range requests {
		q := x.URL.Query()
		if x.Header.Get("Content-Encoding") != "zstd" || q.Has("startOffsetToken") != t.sdk.ranges || q.Has("offsetToken") == t.sdk.ranges {
			return "", fmt.Errorf("%s in %q", x.URL, x.Header.Get("Content-Encoding"))
		}
	}
	return fmt.Sprintf("2,000 rows once and in order, in %d requests that echo their session", len(requests)), nil
}

func everyType(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	row := map[string]any{
		"N": 1, "D": "0.5", "F": 1e300, "TXT": "line\n\u2028 \U0001f30b", "OK": true, "DAY": "2026-02-03", "CLOCK": "04:05:06.789",
		"T": "2026-02-03T04:05:06.789+02:00", "TN": "2026-02-03 04:05:06", "V": []any{1, nil, "x"}, "O": map[string]any{"k": "v"}, "A": []any{1, 2},
	}
	err := t.tellAll(ctx, command{"do": "append", "client": "c", "channel": channel, "rows": []any{row}, "start": "1", "end": "1"}, wait("c", channel, 1))
	if err != nil {
		return "", err
	}
	return t.compare(ctx, map[string]string{
		"N": "1", "D": "0.500000000", "TO_JSON(F)": "1e+300", "TXT": "line\n\u2028 \U0001f30b", "OK::VARCHAR": "true", "DAY::VARCHAR": "2026-02-03",
		"CLOCK::VARCHAR": "04:05:06", "TO_CHAR(T, 'YYYY-MM-DD HH24:MI:SS TZHTZM')": "2026-02-03 04:05:06 +0200",
		"TO_CHAR(TN, 'YYYY-MM-DD HH24:MI:SS')": "2026-02-03 04:05:06", "TO_JSON(V)": `[1,null,"x"]`, "O:k::VARCHAR": "v", "ARRAY_SIZE(A)": "2",
	})
}

// nativeValues are of the language's own types: the SDK chooses their JSON.
func nativeValues(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, command{"do": "native", "client": "c", "channel": channel}, command{"do": "flush", "client": "c", "channel": channel, "timeout": 30}); err != nil {
		return "", err
	}
	if err := t.counts(ctx, 1); err != nil {
		return "", err
	}
	return t.compare(ctx, map[string]string{
		"N": "1180591620717411303424", "D": "12345678901234567890.123456789", "B::VARCHAR": "0001FEFF",
		"TO_CHAR(T, 'YYYY-MM-DD HH24:MI:SS.FF6')": "2026-02-03 04:05:06.789012", "DAY::VARCHAR": "2026-02-03",
		"TO_JSON(V:list)": "[1,2.5,null,true]", "V:text::VARCHAR": "naïve \u2028 \U0001f30b \"quoted\"",
	})
}

// counts waits until table T has so many rows.
func (t *trial) counts(ctx context.Context, want int) error {
	for {
		got, err := t.ask(ctx, `SELECT COUNT(*) FROM T`)
		if err != nil || got == strconv.Itoa(want) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s rows: %w", got, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// compare reads expressions of the only row through gosnowflake.
func (t *trial) compare(ctx context.Context, want map[string]string) (string, error) {
	var wrong []string
	for expression, value := range want {
		got, err := t.ask(ctx, "SELECT "+expression+" FROM T")
		if err != nil {
			return "", err
		}
		if got != value {
			wrong = append(wrong, fmt.Sprintf("%s is %q, not %q", expression, got, value))
		}
	}
	if len(wrong) > 0 {
		return "", fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return fmt.Sprintf("%d values as gosnowflake reads them", len(want)), nil
}

func rejected(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	rows := []map[string]any{
		{"N": 0}, {"N": "twelve"}, {"V": "without N"}, {"N": nil}, {"N": map[string]any{"a": 1}}, {"N": 1}, {"N": true}, {"N": 2},
	}
	err := t.tellAll(ctx,
		command{"do": "append", "client": "c", "channel": channel, "rows": rows, "start": "0", "end": "7"}, wait("c", channel, 7),
		command{"do": "append", "client": "c", "channel": channel, "rows": []any{map[string]any{"N": 3}}, "start": "8", "end": "8"}, wait("c", channel, 8))
	if err != nil {
		return "", err
	}
	s, err := t.statusOf(ctx, "c", channel)
	if err != nil {
		return "", err
	}
	if s.Code != "SUCCESS" || s.Inserted != 4 || s.Parsed != 9 || s.Errors != 5 || s.ErrorOffset == nil || *s.ErrorOffset != "7" || s.ErrorMessage == nil {
		return "", fmt.Errorf("status %+v", s)
	}
	logged, err := t.ask(ctx, `SELECT COUNT(*) || ' ' || COUNT_IF(error_metadata:details:offset_token_upper_bound::VARCHAR = '7') FROM ERROR_TABLE(T)`)
	if err != nil {
		return "", err
	}
	if logged != "5 5" {
		return "", fmt.Errorf("the error table says %q", logged)
	}
	return fmt.Sprintf("5 of 9 rows counted and logged, the last at offset 7 (%s); the others are there", *s.ErrorMessage), t.each(4)
}

func unknownKeys(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	rows := []map[string]any{{"N": 0, "unknown": 1}, {"n": 1, "v": "lower case"}}
	err := t.tellAll(ctx, command{"do": "append", "client": "c", "channel": channel, "rows": rows, "start": "0", "end": "1"}, wait("c", channel, 1))
	if err != nil {
		return "", err
	}
	got, err := t.ask(ctx, `SELECT LISTAGG(N || ' ' || NVL(V::VARCHAR, '-'), ', ') WITHIN GROUP (ORDER BY N) FROM T`)
	if err != nil {
		return "", err
	}
	if got != "0 -, 1 lower case" {
		return "", fmt.Errorf("rows are %q", got)
	}
	return "a key without a column is dropped; letter case does not matter", nil
}

func evolution(ctx context.Context, t *trial) (string, error) {
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	rows := []map[string]any{{"N": 0, "mag": 4.5, "place": "x"}, {"N": 1, "felt": true, "detail": map[string]any{"a": 1}}}
	err := t.tellAll(ctx, command{"do": "append", "client": "c", "channel": channel, "rows": rows, "start": "0", "end": "1"}, wait("c", channel, 1))
	if err != nil {
		return "", err
	}
	got, err := t.ask(ctx, `SELECT LISTAGG(NVL(MAG::VARCHAR, '-') || ' ' || NVL(PLACE, '-') || ' ' || NVL(FELT::VARCHAR, '-'), ', ') WITHIN GROUP (ORDER BY N) FROM T`)
	if err != nil {
		return "", err
	}
	if got != "4.5 x -, - - true" {
		return "", fmt.Errorf("rows are %q", got)
	}
	return "MAG, PLACE, FELT and DETAIL came with the rows", t.each(2)
}
