package warehouse

import (
	"fmt"
	"strings"
	"testing"
)

const streams = "TABLE(DATA_SOURCE(TYPE => 'STREAMING'))"

func TestACopyStatementIsReadAndNeverGuessed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`COPY INTO "RAW"."EVENTS"."ORDERS" FROM (TABLE(DATA_SOURCE(TYPE => 'STREAMING'))) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE`, "ORDERS streaming=yes byName=yes filters=no items="},
		{`copy into raw.orders from table(data_source(type => 'streaming')) match_by_column_name = case_insensitive`, "ORDERS streaming=yes byName=yes filters=no items="},
		{`COPY INTO ORDERS FROM (SELECT $1:order_id::STRING, $1:customer_name FROM ` + streams + `)`, "ORDERS streaming=yes byName=no filters=no items=order_id:STRING,customer_name"},
		{`COPY INTO t (a, "b c") FROM (SELECT s.$1:KINESISMETADATA::OBJECT AS m, $1 FROM ` + streams + ` s WHERE $1:x IS NULL)`, "T(A|b c) streaming=yes byName=no filters=yes items=KINESISMETADATA:OBJECT,row"},
		{`COPY INTO t FROM (SELECT $1:a.b, $1['c']['d']::NUMBER(10,2), UPPER($1:e), IFF($1:f, 1, 2) FROM ` + streams + `)`, "T streaming=yes byName=no filters=no items=a.b,c.d:NUMBER,?,?"},
		{`COPY INTO t -- a comment (` + "\n" + `FROM /* FROM @x */ (SELECT $1:"A b"::STRING x, EXTRACT(year FROM $1:t::DATE) FROM ` + streams + ` AS d)`, "T streaming=yes byName=no filters=no items=A b:STRING,?"},
		{`COPY INTO t FROM @stage/files`, "T streaming=no byName=no filters=no items="},
		{`COPY INTO t FROM (SELECT $1 FROM @stage)`, "T streaming=no byName=unknown filters=unknown items=row"},
		{`COPY INTO t FROM (SELECT $1:a FROM ` + streams + ` LIMIT 3)`, "T streaming=yes byName=unknown filters=unknown items=a"},
		{`COPY INTO t FROM (SELECT $1:a FROM TABLE(OTHER(TYPE => 'STREAMING')))`, "T streaming=unknown byName=unknown filters=unknown items="},
		{`COPY INTO t FROM (SELECT $1:a + 1, $1[0], $1:a[0], $2 FROM ` + streams + `)`, "T streaming=yes byName=no filters=no items=?,?,?,?"},
		{`COPY INTO t FROM (WITH x AS (SELECT 1) SELECT * FROM x)`, "T streaming=unknown byName=unknown filters=unknown items="},
		{`MERGE INTO t`, " streaming=unknown byName=unknown filters=unknown items="},
		{`COPY INTO "" FROM (SELECT $1 FROM ` + streams + `)`, " streaming=unknown byName=unknown filters=unknown items="},
		{`COPY INTO 'x' FROM`, " streaming=unknown byName=unknown filters=unknown items="},
		{`COPY INTO t (`, "T streaming=unknown byName=unknown filters=unknown items="},
		{``, " streaming=unknown byName=unknown filters=unknown items="},
	} {
		if got := described(ParseCopy(c.text)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func described(c Copy) string {
	var items []string
	for _, i := range c.Items {
		text := strings.Join(i.Path, ".")
		switch {
		case i.Row:
			text = "row"
		case i.Path == nil:
			text = "?"
		}
		if i.Type != "" {
			text += ":" + i.Type
		}
		items = append(items, text)
	}
	into := c.Table()
	if c.Columns != nil {
		into += "(" + strings.Join(c.Columns, "|") + ")"
	}
	return fmt.Sprintf("%s streaming=%s byName=%s filters=%s items=%s", into, c.Streaming, c.ByName, c.Filters, strings.Join(items, ","))
}

// TestADefaultPipeMatchesByNameWhateverIsShownOfIt, while nothing is known of
// other pipes that show as little.
func TestADefaultPipeMatchesByNameWhateverIsShownOfIt(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		pipe  *Pipe
		fate  Fate
		found Code
	}{
		{Standard, nil, Kept, ""},
		{Standard, &Pipe{Name: "T-STREAMING"}, Kept, ""},
		{Standard, &Pipe{Name: "T-STREAMING", Definition: "COPY INTO SOMETHING ELSE"}, Kept, ""},
		{Standard, &Pipe{Name: "T-STREAMING", Owner: "R", Copy: Copy{Streaming: Yes}}, Undecidable, ""},
		{Standard, &Pipe{Name: "P", Owner: "R"}, Undecidable, PipeUnread},
		{Interactive, nil, Undecidable, ""},
		{Interactive, &Pipe{Name: "T-STREAMING"}, Undecidable, PipeUnread},
		{Interactive, &Pipe{Name: "T-STREAMING", Copy: Copy{Streaming: Yes, ByName: Yes}}, Kept, ""},
	} {
		if c.pipe != nil && c.pipe.Definition != "" {
			c.pipe.Copy = ParseCopy(c.pipe.Definition)
		}
		table := &Table{Name: "T", Kind: c.kind, Columns: []Column{{Name: MetadataKey, Type: "OBJECT"}}, SchemaEvolution: true, ErrorLogging: true, RowTimestamp: true}
		target := judge(table, c.pipe, []string{"D", "S", "T"})
		if target.Metadata.Fate != c.fate || c.found == "" && len(target.Findings) > 0 && target.Findings[0].Code == PipeUnread || c.found != "" && target.Finding(c.found) == nil {
			t.Errorf("%s behind %+v: %s, %+v", c.kind, c.pipe, target.Metadata.Fate, target.Findings)
		}
	}
}

// FuzzACopyStatementOfAnyShape: whatever a definition is, reading it ends.
func FuzzACopyStatementOfAnyShape(f *testing.F) {
	f.Add(`COPY INTO t (a) FROM (SELECT $1:a['b'].c::NUMBER(1,2) x FROM ` + streams + ` s WHERE 'it''s') MATCH_BY_COLUMN_NAME = NONE`)
	f.Add(`COPY INTO "" FROM (SELECT $1 FROM ` + streams + `)`)
	f.Fuzz(func(t *testing.T, text string) {
		c := ParseCopy(text)
		if c.Items != nil && c.Table() == "" {
			t.Errorf("items of no table: %+v", c)
		}
		objectFields(text)
	})
}
