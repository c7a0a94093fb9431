package warehouse_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/messages"
)

const (
	streaming  = "TABLE(DATA_SOURCE(TYPE => 'STREAMING'))"
	sevenOf    = "stream STRING, shardId STRING, approximateArrival STRING, partitionKey STRING, sequenceNumber STRING, subSequenceNumber INTEGER, shardedSequenceNumber STRING"
	everything = " ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE ROW_TIMESTAMP = TRUE"
	logging    = " ERROR_LOGGING = TRUE ROW_TIMESTAMP = TRUE"
)

// TestATargetIsJudged makes tables and pipes and says what is found of each:
// weight and code, the worst first.
func TestATargetIsJudged(t *testing.T) {
	s := account(t)
	for i, c := range []struct {
		name       string
		ddl        []string
		pipe       string
		kind       warehouse.Kind
		fate       warehouse.Fate
		expression string
		found      string
		says       string // of the first finding
	}{
		{"as created", []string{"CREATE TABLE T (KINESISMETADATA OBJECT)" + everything}, "", warehouse.Standard, warehouse.Kept, "KINESISMETADATA", "", ""},
		{"transient and bare", []string{"CREATE TRANSIENT TABLE T (ID INT)"}, "", warehouse.Transient, warehouse.Dropped, "",
			"warns METADATA_MISSING, warns ERROR_LOGGING_OFF, notes EVOLUTION_OFF, notes ROW_TIMESTAMP_OFF", "has no column KINESISMETADATA"},
		{"evolving", []string{"CREATE TABLE T (ID INT)" + everything}, "", warehouse.Standard, warehouse.Coming, "", "", ""},
		{"another case", []string{`CREATE TABLE T ("kinesisMetadata" VARIANT)` + everything}, "", warehouse.Standard, warehouse.Kept, `"kinesisMetadata"`, "notes METADATA_CASE", `"kinesisMetadata"`},
		{"text", []string{"CREATE TABLE T (KINESISMETADATA VARCHAR)" + everything}, "", warehouse.Standard, warehouse.Dropped, "", "warns METADATA_TYPE", "is VARCHAR("},
		{"a number", []string{"CREATE TABLE T (KINESISMETADATA NUMBER)" + everything}, "", warehouse.Standard, warehouse.Dropped, "", "stops METADATA_TYPE", "cannot hold metadata"},
		{"iceberg 3", []string{"CREATE ICEBERG TABLE T (KINESISMETADATA VARIANT) ICEBERG_VERSION = 3" + logging}, "", warehouse.Iceberg, warehouse.Kept, "KINESISMETADATA", "", ""},
		{"iceberg 2", []string{"CREATE ICEBERG TABLE T (kinesisMetadata OBJECT(" + sevenOf + "))" + logging}, "", warehouse.Iceberg, warehouse.Kept, "KINESISMETADATA", "", ""},
		{"iceberg with a field too few", []string{"CREATE ICEBERG TABLE T (kinesisMetadata OBJECT(" + strings.Replace(sevenOf, "partitionKey STRING, ", "", 1) + "))" + logging}, "",
			warehouse.Iceberg, warehouse.Dropped, "", "warns METADATA_FIELDS", "lacks partitionKey"},
		{"iceberg with a field too many", []string{"CREATE ICEBERG TABLE T (kinesisMetadata OBJECT(" + sevenOf + ", note STRING))" + logging}, "",
			warehouse.Iceberg, warehouse.Dropped, "", "warns METADATA_FIELDS", `has a field "NOTE" besides the seven`},
		{"iceberg with a number for a sequence number", []string{"CREATE ICEBERG TABLE T (kinesisMetadata OBJECT(" + strings.Replace(sevenOf, "sequenceNumber STRING", "sequenceNumber NUMBER", 1) + "))" + logging}, "",
			warehouse.Iceberg, warehouse.Dropped, "", "warns METADATA_FIELDS", "has sequenceNumber as a number"},
		{"iceberg with a time", []string{"CREATE ICEBERG TABLE T (kinesisMetadata OBJECT(" + strings.Replace(sevenOf, "approximateArrival STRING", "approximateArrival TIMESTAMP_NTZ", 1) + "))" + logging}, "",
			warehouse.Iceberg, warehouse.Dropped, "", "warns METADATA_FIELDS", "has approximateArrival as TIMESTAMP_NTZ"},
		{"iceberg partitioned", []string{"CREATE ICEBERG TABLE T (KINESISMETADATA VARIANT, D DATE) PARTITION BY (D) ICEBERG_VERSION = 3 ENABLE_SCHEMA_EVOLUTION = TRUE" + logging}, "",
			warehouse.Iceberg, warehouse.Kept, "KINESISMETADATA", "warns LAKE_PARTITIONED, notes LAKE_EVOLUTION", "is partitioned"},
		{"interactive, not streamed yet", []string{"CREATE INTERACTIVE TABLE T (A INT) CLUSTER BY (A) AS (SELECT $1:a::INT FROM " + streaming + ")"}, "",
			warehouse.Interactive, warehouse.Undecidable, "", "notes ERROR_LOGGING_OFF", "no page of Snowflake's says"},
		{"a view", []string{"CREATE VIEW T AS SELECT 1 AS KINESISMETADATA"}, "", warehouse.View, "", "", "stops NOT_STREAMABLE", "T is a view"},
		{"a pipe that keeps it", []string{"CREATE TABLE T (ID INT, M OBJECT)" + logging, "CREATE PIPE P AS COPY INTO T FROM (SELECT $1:id, $1:KINESISMETADATA FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Kept, `"M"`, "", ""},
		{"a pipe that keeps it as text", []string{"CREATE TABLE T (M VARCHAR)" + logging, "CREATE PIPE P AS COPY INTO T FROM (SELECT $1:KINESISMETADATA::STRING FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Dropped, "", "warns METADATA_TYPE", "text at best"},
		{"a pipe that drops it", []string{"CREATE TABLE T (ID INT, KINESISMETADATA OBJECT)" + everything, "CREATE PIPE P AS COPY INTO T (ID) FROM (SELECT $1:id FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Dropped, "", "warns METADATA_PIPE, notes EVOLUTION_PIPE", "writes $1:KINESISMETADATA into no column"},
		{"a pipe with the key in another case", []string{"CREATE TABLE T (M OBJECT)" + logging, "CREATE PIPE P AS COPY INTO T FROM (SELECT $1:kinesisMetadata::OBJECT FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Dropped, "", "warns METADATA_PATH", "$1:kinesisMetadata::OBJECT, which is NULL"},
		{"a pipe of parts of it", []string{"CREATE TABLE T (S VARCHAR)" + logging, "CREATE PIPE P AS COPY INTO T FROM (SELECT $1:KINESISMETADATA.sequenceNumber::STRING FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Dropped, "", "warns METADATA_PIPE", "into no column"},
		{"a pipe into another table", []string{"CREATE TABLE T (KINESISMETADATA OBJECT)" + everything, "CREATE TABLE U (M OBJECT)", "CREATE PIPE P AS COPY INTO U FROM (SELECT $1:KINESISMETADATA FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Undecidable, "", "stops PIPE_OTHER_TABLE", "writes into table U, but"},
		{"a pipe of files", []string{"CREATE TABLE T (KINESISMETADATA OBJECT)" + logging, "CREATE PIPE P AS COPY INTO T FROM @files"}, "P",
			warehouse.Standard, warehouse.Undecidable, "", "stops PIPE_NOT_STREAMING", "copies files"},
		{"a pipe into another schema", []string{"CREATE TABLE T (M OBJECT)" + logging, "CREATE TABLE RAW.EVENTS.T (M OBJECT)", "CREATE PIPE P AS COPY INTO EVENTS.T FROM (SELECT $1:KINESISMETADATA FROM " + streaming + ")"}, "P",
			warehouse.Standard, warehouse.Undecidable, "", "stops PIPE_OTHER_TABLE", "writes into table EVENTS.T, but the connector's table is RAW."},
		{"a pipe that filters", []string{"CREATE TABLE T (M OBJECT)" + logging, "CREATE PIPE P AS COPY INTO T FROM (SELECT $1:KINESISMETADATA FROM " + streaming + " WHERE $1:a IS NOT NULL)"}, "P",
			warehouse.Standard, warehouse.Kept, `"M"`, "warns PIPE_FILTERS", "leaves rows out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema := fmt.Sprint("S", i)
			w := open(t, s.URL(), func(c *warehouse.Config) { c.Schema = schema })
			for _, statement := range append([]string{"CREATE SCHEMA RAW." + schema}, c.ddl...) { // which becomes the session's
				_, _, err := w.Query(ctx, statement)
				must(t, err)
			}
			target, err := w.Target(ctx, "T", c.pipe)
			must(t, err)
			var found []string
			for _, f := range target.Findings {
				found = append(found, string(f.Weight)+" "+string(f.Code))
			}
			if target.Table.Kind != c.kind || target.Metadata.Fate != c.fate || target.Metadata.Expression != c.expression || strings.Join(found, ", ") != c.found {
				t.Errorf("%s, metadata %s as %q, found %q\nwant %s, metadata %s as %q, found %q", target.Table.Kind, target.Metadata.Fate, target.Metadata.Expression, strings.Join(found, ", "), c.kind, c.fate, c.expression, c.found)
			}
			if len(target.Findings) > 0 && !strings.Contains(target.Findings[0].Text, c.says) {
				t.Errorf("%s, want %q", target.Findings[0].Text, c.says)
			}
			for _, f := range target.Findings {
				if f.Fix == "" || f.Code == warehouse.MetadataCase { // RENAME COLUMN is not known here
					continue
				}
				if _, _, err := w.Query(ctx, f.Fix); err != nil {
					t.Errorf("what mends %s: %v", f.Code, err)
				}
			}
		})
	}
}

// TestADescriptionIsComplete: what SHOW and DESC tell beside the columns.
func TestADescriptionIsComplete(t *testing.T) {
	s := account(t)
	w := open(t, s.URL(), nil)
	_, err := s.Catalog().CreateVolume(catalog.Volume{Name: "LAKE", Owner: catalog.AccountAdmin}, catalog.Keep)
	must(t, err)
	for _, statement := range []string{
		"CREATE TABLE RAW.EVENTS.T (ID NUMBER AUTOINCREMENT, A VARCHAR NOT NULL DEFAULT 'x') ROW_TIMESTAMP = TRUE",
		"CREATE ICEBERG TABLE RAW.EVENTS.I (ID INT) EXTERNAL_VOLUME = 'lake' CATALOG = 'SNOWFLAKE' BASE_LOCATION = 'here'",
		"CREATE PIPE RAW.EVENTS.P AS COPY INTO RAW.EVENTS.T (A) FROM (SELECT $1:a FROM " + streaming + ")",
	} {
		_, _, err := w.Query(ctx, statement)
		must(t, err)
	}
	table, err := w.Describe(ctx, "T")
	must(t, err)
	want := []warehouse.Column{{Name: "ID", Type: "NUMBER(38,0)", Nullable: true, Identity: true}, {Name: "A", Type: "VARCHAR(16777216)", Default: "'x'"}}
	if !slices.Equal(table.Columns, want) || table.Owner != catalog.AccountAdmin || !table.RowTimestamp || table.Lake != nil {
		t.Errorf("%+v", table)
	}
	lake, err := w.Describe(ctx, "I")
	must(t, err)
	if l := lake.Lake; l == nil || *l != (warehouse.Lake{Managed: warehouse.Yes, Version: 2, Partitioned: warehouse.No, Volume: "LAKE", BaseLocation: "here"}) {
		t.Errorf("%+v", l)
	}
	pipe, err := w.DescribePipe(ctx, "P")
	must(t, err)
	if pipe.Managed() || pipe.Copy.Table() != "T" || pipe.Copy.Streaming != warehouse.Yes {
		t.Errorf("%+v", pipe)
	}
	_, err = s.Catalog().EnsureDefaultPipe("RAW", "EVENTS", "T-STREAMING")
	must(t, err)
	pipe, err = w.DescribePipe(ctx, "T-STREAMING")
	must(t, err)
	if !pipe.Managed() || pipe.Copy.ByName != warehouse.Yes {
		t.Errorf("%+v", pipe)
	}
	_, err = w.DescribePipe(ctx, "NOWHERE")
	wantFault(t, err, messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
	_, err = w.Target(ctx, "T", "NOWHERE")
	wantFault(t, err, messages.Rejected, messages.ReasonMissing, messages.TargetMissing)
}

// TestThePageOfTablesRunsAsItStands makes what docs/tables.md says, section by
// section, and finds that it does what the page's table says of it.
func TestThePageOfTablesRunsAsItStands(t *testing.T) {
	page, err := os.ReadFile("../../docs/tables.md")
	must(t, err)
	s := account(t)
	w := open(t, s.URL(), nil)
	_, err = s.Catalog().CreateVolume(catalog.Volume{Name: "MY_VOLUME", Owner: catalog.AccountAdmin}, catalog.Keep)
	must(t, err)
	_, _, err = w.Query(ctx, "USE SCHEMA RAW.EVENTS")
	must(t, err)
	made := regexp.MustCompile(`(?s)\x60\x60\x60sql\n(.*?)\x60\x60\x60`).FindAllStringSubmatch(string(page), -1)
	for _, block := range made {
		for statement := range strings.SplitSeq(block[1], ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, _, err := w.Query(ctx, statement); err != nil {
				t.Errorf("%v: %s", err, statement)
			}
		}
	}
	for _, table := range []string{"REALTIME_METRICS", "LIVE_EVENTS"} {
		_, err = s.Catalog().EnsureDefaultPipe("RAW", "EVENTS", table+warehouse.StreamingSuffix)
		must(t, err)
	}
	for table, want := range map[string]string{
		"EVENTS": "table kept by position, evolves, timestamps", "STATIC_ORDERS": "table kept by position, may have timestamps", "ORDERS": "table dropped, may have timestamps",
		"KEPT_ORDERS": "table kept by position, may have timestamps", "MY_ICEBERG_TABLE": "Iceberg table kept by position, may have timestamps",
		"ICEBERG_2": "Iceberg table kept by position, may have timestamps", "REALTIME_METRICS": "interactive table dropped", "LIVE_EVENTS": "interactive table kept by position, evolves",
	} {
		pipe := ""
		if strings.HasSuffix(table, "ORDERS") && table != "STATIC_ORDERS" {
			pipe = table
		}
		target, err := w.Target(ctx, table, pipe)
		must(t, err)
		got := fmt.Sprint(target.Table.Kind, " ", target.Metadata.Fate)
		if target.Metadata.Readable() {
			got += " by position"
		}
		if target.Table.SchemaEvolution {
			got += ", evolves"
		}
		switch {
		case target.Table.RowTimestamp:
			got += ", timestamps"
		case target.Finding(warehouse.RowTimestampOff) != nil:
			got += ", may have timestamps"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", table, got, want)
		}
		_, _, err = w.Query(ctx, "ALTER TABLE "+table+" SET ROW_TIMESTAMP = TRUE")
		if refused := err != nil; refused != (target.Table.Kind == warehouse.Interactive) {
			t.Errorf("ROW_TIMESTAMP of %s: %v", table, err)
		}
	}
	if len(made) != 8 {
		t.Errorf("%d statements are on the page", len(made))
	}
}
