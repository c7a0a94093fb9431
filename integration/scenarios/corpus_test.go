package scenarios

import (
	"bytes"
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/integration/corpus"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// TestOddPayloadsBecomeWhatTheCorpusSays sends every case of the corpus into a
// table that evolves, with a good record before each. Each of those that no
// table can be made for takes seconds until it is found: make test has time for
// two of them.
func TestOddPayloadsBecomeWhatTheCorpusSays(t *testing.T) {
	w := newWorld(t, 1, withCorpusColumns)
	cases := everyCase(t)
	if !*everything {
		found := 0
		cases = slices.DeleteFunc(cases, func(c corpus.Case) bool {
			if evolution(c) == 2 {
				found++
			}
			return evolution(c) == 2 && found > 2
		})
	}
	w.runCorpus(cases, func(c corpus.Case) corpus.Fate { return c.Evolves })
}

// TestOddPayloadsBecomeWhatTheCorpusSaysInATableThatDoesNotEvolve: all but the
// largest, which cost most and go no other way.
func TestOddPayloadsBecomeWhatTheCorpusSaysInATableThatDoesNotEvolve(t *testing.T) {
	w := newWorld(t, 1, withCorpusColumns)
	w.execute("ALTER TABLE ORDERS SET ENABLE_SCHEMA_EVOLUTION = FALSE")
	cases := slices.DeleteFunc(everyCase(t), func(c corpus.Case) bool { return c.File == "sizes" })
	w.runCorpus(cases, func(c corpus.Case) corpus.Fate { return c.Fixed })
}

func everyCase(t *testing.T) []corpus.Case {
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func withCorpusColumns(o *localcloud.Options) {
	o.Columns = nil
	for _, c := range corpus.Columns() {
		o.Columns = append(o.Columns, quoted(c.Name)+" "+c.Type)
	}
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// runCorpus puts the cases, connects, and holds what is there afterwards against
// their fates: the table row by row in the order in which they were put, the
// error table, the dead letters, the counters and the audit.
func (w *world) runCorpus(cases []corpus.Case, fate func(corpus.Case) corpus.Fate) {
	w.t.Helper()
	w.Snowflake.SetRowFault(localsnowflake.RepeatedKeys)
	w.t.Cleanup(func() {
		if err := w.Close(); err != nil {
			w.t.Errorf("the cloud: %v", err)
		}
	})
	w.takeLargeRecords()

	// What ends generations comes alone, while the connector runs: looking for
	// the record among all the others would take its time.
	slices.SortStableFunc(cases, func(a, b corpus.Case) int { return cmp.Compare(evolution(a), evolution(b)) })
	first := slices.IndexFunc(cases, func(c corpus.Case) bool { return evolution(c) > 0 })
	at := w.putCases(cases[:first])
	c := w.connect(toFile)
	c.untilCaughtUp(0)
	at = append(at, w.putCases(cases[first:])...)

	var want wanted
	for i, c := range cases {
		want.add(fmt.Sprint("good record before ", c.Name), at[2*i], corpus.Fate{Rows: []corpus.Row{{"NUM": goodNumber, "TXT": "good"}}}, nil)
		want.add(c.File+": "+c.Name, at[2*i+1], fate(c), c.Payload)
	}
	s := c.untilCaughtUp(int64(len(want.rows) + len(want.rejected)))

	w.expectRows(want.rows)
	w.expectErrors(want.rejected)
	w.expectLetters(want.discarded)
	n := s.Shards[0].Counters
	if n.Read != int64(2*len(cases)) || n.Discarded != int64(len(want.discarded)) || n.Committed != int64(len(want.rows)+len(want.rejected)) {
		w.t.Errorf("counted %+v; want %d read, %d discarded, %d committed", n, 2*len(cases), len(want.discarded), len(want.rows)+len(want.rejected))
	}
	if rejected := integer(w.lease(0, "countRejected")); rejected != int64(len(want.rejected)) {
		w.t.Errorf("the lease row counts %d rejected rows, want %d", rejected, len(want.rejected))
	}
	c.drain(patience)
	if r := w.audit(); !r.Exact || r.Sums.Rejected != int64(len(want.rejected)) || r.Sums.Discarded != int64(len(want.discarded)) {
		w.t.Errorf("the audit says %+v, %d findings", r.Sums, len(r.Findings))
	}
}

// goodNumber is a value that a good record shows to be there as it was put.
const goodNumber = "12345678901234567890123456789012345678"

// evolution is 1 for the cases that make more of a table, 2 for those that
// would make more of it than it can be.
func evolution(c corpus.Case) int {
	switch {
	case c.File != "evolution":
		return 0
	case c.Evolves.Discarded == "":
		return 1
	}
	return 2
}

// takeLargeRecords replaces the stream by one that takes 10 MiB a record.
func (w *world) takeLargeRecords() {
	w.t.Helper()
	client := kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(w.Kinesis.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	if err := w.Kinesis.DeleteStream("orders"); err != nil {
		w.t.Fatal(err)
	}
	if _, err := client.CreateStream(w.t.Context(), &kinesis.CreateStreamInput{
		StreamName: aws.String("orders"), ShardCount: aws.Int32(1), MaxRecordSizeInKiB: aws.Int32(10 << 10),
	}); err != nil {
		w.t.Fatal(err)
	}
}

// putCases puts a good record and a payload for each case.
func (w *world) putCases(cases []corpus.Case) (at []string) {
	w.t.Helper()
	for _, c := range cases {
		for _, payload := range [][]byte{[]byte(`{"NUM":` + goodNumber + `,"TXT":"good"}`), c.Payload} {
			at = append(at, string(w.putRecord(localkinesis.Record{PartitionKey: "k", ExplicitHashKey: "1", Data: payload})))
		}
	}
	return at
}

// wanted is what must be there, each in the order of the shard.
type wanted struct{ rows, rejected, discarded []expectation }

type expectation struct {
	name      string
	sequence  string
	row       corpus.Row
	rejection corpus.Rejection
	cause     string
	payload   []byte
}

func (w *wanted) add(name, sequence string, f corpus.Fate, payload []byte) {
	for _, row := range f.Rows {
		w.rows = append(w.rows, expectation{name: name, sequence: sequence, row: row})
	}
	for _, r := range f.Rejected {
		w.rejected = append(w.rejected, expectation{name: name, sequence: sequence, rejection: r, payload: payload})
	}
	if f.Discarded != "" {
		w.discarded = append(w.discarded, expectation{name: name, sequence: sequence, cause: f.Discarded, payload: payload})
	}
}

// column is one of the table, and how it becomes the text that the corpus
// compares: in the query, and of a time what the driver makes of it.
type column struct {
	name, expression string
	tidy             func(string) string
}

// columns lists the table's, those that evolution added too.
func (w *world) columns() (list []column) {
	w.t.Helper()
	for _, described := range w.cells("DESC TABLE ORDERS") {
		name, kind := described[0].String, described[1].String
		expression, tidy := quoted(name)+"::text", func(text string) string { return text }
		switch kind, _, _ = strings.Cut(kind, "("); kind {
		case "TIME":
			expression, tidy = quoted(name), func(text string) string { return strings.TrimSuffix(text[strings.Index(text, "T")+1:], "Z") }
		case "TIMESTAMP_NTZ":
			expression, tidy = quoted(name), func(text string) string { return strings.TrimSuffix(text, "Z") }
		case "TIMESTAMP_LTZ", "TIMESTAMP_TZ":
			expression = quoted(name)
		case "VARIANT", "OBJECT", "ARRAY", "MAP", "VECTOR":
			expression = "TO_JSON(" + quoted(name) + ")"
		}
		if name != "KINESISMETADATA" {
			list = append(list, column{name, expression, tidy})
		}
	}
	return list
}

// cells runs a query and returns its cells.
func (w *world) cells(query string) (found [][]sql.NullString) {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), query)
	if err != nil {
		w.t.Fatalf("%.200s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	for rows.Next() {
		row := make([]sql.NullString, len(names))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			w.t.Fatal(err)
		}
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// expectRows compares the table, every value as text, in the order in which it
// came.
func (w *world) expectRows(want []expectation) {
	w.t.Helper()
	columns := w.columns()
	query := "SELECT KINESISMETADATA:sequenceNumber::text"
	for _, c := range columns {
		query += ", " + c.expression
	}
	got := w.cells(query + " FROM ORDERS")
	if len(got) != len(want) {
		w.t.Errorf("%d rows, want %d", len(got), len(want))
	}
	defaults := map[string]string{}
	for _, c := range corpus.Columns() {
		defaults[c.Name] = c.Default
	}
	for i := range min(len(got), len(want)) {
		e := want[i]
		if got[i][0].String != e.sequence {
			w.t.Fatalf("row %d, of %s: from position %s, want %s", i, e.name, got[i][0].String, e.sequence)
		}
		known := 0
		for k, c := range columns {
			value, listed := e.row[c.name]
			if listed {
				known++
			} else {
				value = defaults[c.name]
			}
			cell := got[i][k+1]
			null := !listed && value == "" || value == corpus.Null
			if cell.Valid == null || cell.Valid && c.tidy(cell.String) != value {
				w.t.Errorf("%s: column %s is %.80q (NULL: %v), want %.80q (NULL: %v)", e.name, c.name, cell.String, !cell.Valid, value, null)
			}
		}
		if known != len(e.row) {
			w.t.Errorf("%s: the table lacks a column of %v", e.name, e.row)
		}
	}
}

// expectErrors compares the error table: each rejected row with its code, the
// column that is to blame, and its values as they came.
func (w *world) expectErrors(want []expectation) {
	w.t.Helper()
	got := w.cells(`SELECT ERROR_CODE::text, ERROR_METADATA:error_source::text, TO_JSON(ERROR_DATA:"$1") FROM ERROR_TABLE(ORDERS)`)
	if len(got) != len(want) {
		w.t.Errorf("%d rows in the error table, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		e := want[i]
		if found := strings.TrimSpace(got[i][0].String + " " + got[i][1].String); found != e.rejection.String() {
			w.t.Errorf("%s: rejected with %s, want %s", e.name, found, e.rejection)
		}
		row := object(got[i][2].String)
		metadata, _ := row["KINESISMETADATA"].(map[string]any)
		if metadata["sequenceNumber"] != e.sequence {
			w.t.Fatalf("rejected row %d, of %s: from position %v, want %s", i, e.name, metadata["sequenceNumber"], e.sequence)
		}
		delete(row, "KINESISMETADATA")
		if put := object(string(e.payload)); put != nil && !reflect.DeepEqual(row, put) { // several objects are none
			w.t.Errorf("%s: the error table has %v", e.name, row)
		}
	}
}

// object reads one JSON object, numbers as they are written; nil if it is none.
func object(text string) (o map[string]any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&o) // nil
	return o
}

// expectLetters compares the dead letters, every byte.
func (w *world) expectLetters(want []expectation) {
	w.t.Helper()
	got := map[string]messages.Letter{}
	for _, l := range w.letters() {
		if _, twice := got[l.Seq]; twice {
			w.t.Errorf("two letters of %s", l.Seq)
		}
		got[l.Seq] = l
	}
	if len(got) != len(want) {
		w.t.Errorf("%d dead letters, want %d", len(got), len(want))
	}
	for _, e := range want {
		l, there := got[e.sequence]
		switch {
		case !there:
			w.t.Errorf("%s: no dead letter", e.name)
		case l.Rendered: // its rows went as far as Snowflake
			if !strings.Contains(l.Cause, e.cause) || !bytes.Contains(l.Payload, []byte(e.sequence)) {
				w.t.Errorf("%s: discarded as %q, want %q", e.name, l.Cause, e.cause)
			}
		case l.Cause != e.cause || !bytes.Equal(l.Payload, e.payload):
			w.t.Errorf("%s: discarded as %q, want %q; %d bytes of %d", e.name, l.Cause, e.cause, len(l.Payload), len(e.payload))
		}
	}
}
