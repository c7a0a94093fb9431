package snowpipe

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// pipeCases are ways into a table other than a named channel of its default
// pipe.
var pipeCases = []trialCase{
	{operation: "elastic channel", only: func(s sdk) bool { return s.elastic }, run: elastic(clientOf("c", tablePipe))},
	{operation: "elastic channel of a table", only: func(s sdk) bool { return s.elastic },
		run: elastic(command{"do": "client", "name": "c", "database": database, "schema": schema, "pipe": "", "table": table})},
	{operation: "custom pipe", ddl: `CREATE TABLE T (N NUMBER NOT NULL, PLACE VARCHAR, MAG FLOAT)`, run: customPipe},
	{operation: "custom pipe by column name", ddl: `CREATE TABLE T (N NUMBER NOT NULL, V VARIANT) CLUSTER BY (N)`, run: namedPipe},
	{operation: "bytes through a custom pipe", only: func(s sdk) bool { return s.binaryFormats }, ddl: `CREATE TABLE T (B BINARY)`, run: pipeBytes},
	{operation: "interactive table", ddl: ddlInteractive, run: interactiveTable},
	{operation: "a pipe that is replaced", run: replacedPipe},
	{operation: "a pipe that does not exist", run: missingPipe},
}

// elastic appends rows that are acknowledged one by one, without order.
func elastic(c command) func(context.Context, *trial) (string, error) {
	return func(ctx context.Context, t *trial) (string, error) {
		if _, err := t.tell(ctx, "client", c); err != nil {
			return "", err
		}
		var rows []map[string]any
		for n := range 300 {
			rows = append(rows, map[string]any{"N": n})
		}
		a, err := t.tell(ctx, "elastic", command{"client": "c", "rows": rows, "timeout": 30})
		if err != nil {
			return "", err
		}
		got, err := t.numbers(table) // 200 says that they are there
		if err != nil {
			return "", err
		}
		there := len(got) // nothing failed: none may be there twice
		slices.Sort(got)
		if different := len(slices.Compact(got)); a.Acknowledged != 300 || there != 300 || different != 300 {
			return "", fmt.Errorf("%d acknowledged, %d rows there, %d of them different", a.Acknowledged, there, different)
		}
		return fmt.Sprintf("300 rows acknowledged and there, in %d requests", len(t.seen.rows("ELASTIC"))), nil
	}
}

func missingPipe(ctx context.Context, t *trial) (string, error) {
	err := t.tellAll(ctx, clientOf("c", "NONE-STREAMING"), open("c", channel))
	refused := raised(err)
	if refused == nil || !strings.Contains(refused.Message, "404") {
		return "", fmt.Errorf("want 404, raised: %w", err)
	}
	return refused.Name, nil
}

const ddlInteractive = `CREATE INTERACTIVE TABLE T (N NUMBER, PLACE VARCHAR) CLUSTER BY (N) AS
	SELECT $1:id::NUMBER, UPPER($1:place::VARCHAR) FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING'))`

// quakeRows are three rows, of which the second has no number.
var quakeRows = []map[string]any{
	{"id": 0, "place": "Hawaii", "mag": 4.5}, {"id": "none", "place": "?"}, {"id": 1, "place": "Chile", "depth": 10},
}

// throughPipe makes a pipe and lets the SDK append rows to it.
func (t *trial) throughPipe(ctx context.Context, ddl, pipe string, rows any, last int) (status, error) {
	if ddl != "" {
		if err := t.do(ctx, ddl); err != nil {
			return status{}, err
		}
	}
	err := t.tellAll(ctx, clientOf("c", pipe), open("c", channel),
		command{"do": "append", "client": "c", "channel": channel, "rows": rows, "start": "0", "end": fmt.Sprint(last)}, wait("c", channel, last))
	if err != nil {
		return status{}, err
	}
	return t.statusOf(ctx, "c", channel)
}

// reads holds the answer to a query against what it must be.
func (t *trial) reads(ctx context.Context, query, want string) error {
	got, err := t.ask(ctx, query)
	if err == nil && got != want {
		return fmt.Errorf("%s: %q, not %q", query, got, want)
	}
	return err
}

func customPipe(ctx context.Context, t *trial) (string, error) {
	s, err := t.throughPipe(ctx, `CREATE PIPE P AS COPY INTO T (MAG, N, PLACE) FROM (
		SELECT $1:mag::FLOAT, $1:id::NUMBER, UPPER($1:place::VARCHAR) FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`, "P", quakeRows, 2)
	if err != nil {
		return "", err
	}
	if s.Pipe != "P" || s.Inserted != 2 || s.Parsed != 3 || s.Errors != 1 {
		return "", fmt.Errorf("status %+v", s)
	}
	return "its SELECT makes the rows; one that does not cast is counted",
		t.reads(ctx, `SELECT LISTAGG(N || ' ' || PLACE || ' ' || NVL(MAG::VARCHAR, '-'), ', ') WITHIN GROUP (ORDER BY N) FROM T`, "0 HAWAII 4.5, 1 CHILE -")
}

func namedPipe(ctx context.Context, t *trial) (string, error) {
	if err := t.do(ctx, `CREATE PIPE P AS COPY INTO T FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE CLUSTER_AT_INGEST_TIME = TRUE`); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, clientOf("c", "P"), open("c", channel), generate("c", channel, 0, 500, 50, 100), wait("c", channel, 499)); err != nil {
		return "", err
	}
	return "500 rows once and in order, CLUSTER_AT_INGEST_TIME", t.each(500)
}

// pipeBytes sends bytes of the language through a pipe that takes hexadecimal,
// as pipe-info tells the SDK.
func pipeBytes(ctx context.Context, t *trial) (string, error) {
	if err := t.do(ctx, `CREATE PIPE P AS COPY INTO T FROM (SELECT $1:B::BINARY FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')))`); err != nil {
		return "", err
	}
	err := t.tellAll(ctx, clientOf("c", "P"), open("c", channel), command{"do": "native", "client": "c", "channel": channel},
		command{"do": "close", "client": "c"})
	if err != nil {
		return "", err
	}
	if err := t.counts(ctx, 1); err != nil {
		return "", err
	}
	return "pipe-info says HEX, the SDK sends hexadecimal", t.reads(ctx, `SELECT B::VARCHAR FROM T`, "0001FEFF")
}

func interactiveTable(ctx context.Context, t *trial) (string, error) {
	s, err := t.throughPipe(ctx, "", tablePipe, quakeRows, 2)
	if err != nil {
		return "", err
	}
	if s.Inserted != 2 || s.Errors != 1 {
		return "", fmt.Errorf("status %+v", s)
	}
	return "the default pipe runs the table's own SELECT",
		t.reads(ctx, `SELECT LISTAGG(N || ' ' || PLACE, ', ') WITHIN GROUP (ORDER BY N) FROM T`, "0 HAWAII, 1 CHILE")
}

func replacedPipe(ctx context.Context, t *trial) (string, error) {
	const ddl = `CREATE OR REPLACE PIPE P AS COPY INTO T FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE`
	if err := t.do(ctx, ddl); err != nil {
		return "", err
	}
	if err := t.tellAll(ctx, clientOf("c", "P"), open("c", channel), generate("c", channel, 0, 10, 10, 20), wait("c", channel, 9)); err != nil {
		return "", err
	}
	if err := t.do(ctx, ddl); err != nil {
		return "", err
	}
	said, err := t.provoke(ctx, 100000)
	if err != nil {
		return "", err
	}
	a, err := t.reopen(ctx)
	if err != nil {
		return "", err
	}
	if a.Status.Committed != nil {
		return "", fmt.Errorf("opened again at %q", a.Status.token())
	}
	return fmt.Sprintf("its channels are gone: appends raise %s, opened again there is no token", said.Name), t.each(10)
}
