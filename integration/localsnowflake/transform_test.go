package localsnowflake_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

const streamingQuery = `SELECT $1:id::NUMBER, UPPER($1:place::VARCHAR) FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) WHERE $1:skip IS NULL`

// pipe makes a custom pipe P of table T; privileges are LOADER's on it.
func (a *account) pipe(table *catalog.Table, definition catalog.Copy, privileges ...catalog.Privilege) {
	a.t.Helper()
	_, err := a.Catalog().CreatePipe(catalog.Pipe{Database: "DB", Schema: "S", Name: "P", Table: table.ID, Owner: catalog.AccountAdmin, Copy: &definition}, catalog.Replace)
	must(a.t, err)
	made, _ := a.Catalog().Pipe("DB", "S", "P")
	for _, p := range privileges {
		must(a.t, a.Catalog().Grant(catalog.Grant{Privilege: p, On: catalog.OnPipe, Object: made.ID, ToRole: "LOADER"}))
	}
}

// appendTo is append by another pipe.
func (a *account) appendTo(pipe, channel, token, end, body string) *answer {
	a.t.Helper()
	return a.do("POST", "/v2/streaming/data"+pipes+pipe+"/channels/"+channel+"/rows?continuationToken="+token+"&endOffsetToken="+end, []byte(body), nil)
}

func (a *account) quakes() *catalog.Table {
	a.t.Helper()
	return a.table(catalog.Table{Name: "T", ErrorLogging: true, Columns: []catalog.Column{
		{Name: "ID", Type: catalog.IntegerType()}, {Name: "PLACE", Type: catalog.TextType(), Nullable: true},
	}}, catalog.Insert)
}

func TestACustomPipeMakesItsRowsByItsQuery(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.quakes()
	a.pipe(table, catalog.Copy{Query: streamingQuery, Columns: []string{"ID", "PLACE"}}, catalog.Operate)
	token := a.open("P", "c", "").next()
	a.appendTo("P", "c", token, "9", "{\"id\":1,\"place\":\"x\"}\n\n{\"id\":\"?\"}\n{\"id\":2,\"skip\":1}\nnot JSON\n[]\n{\"id\":3}\n").expect(200, "")
	a.waitFor("the commit", func() bool { return a.Channels()[0].Committed == "9" })
	expectRows(t, a.rows(table), `{"ID":1,"PLACE":"X"}`, `{"ID":3,"PLACE":null}`)
	if c := a.Channels()[0]; c.RowsParsed != 6 || c.RowsInserted != 2 || c.RowsErrors != 3 {
		t.Errorf("channel %+v", c)
	}
}

func TestACustomPipeIsOperatedWithThePrivilege(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.quakes()
	a.pipe(table, catalog.Copy{ByName: true})
	a.open("P", "c", "").expect(404, localsnowflake.CodePipeMissing)
	a.pipe(table, catalog.Copy{ByName: true}, catalog.Operate)
	token := a.open("P", "c", "").next()
	a.appendTo("P", "c", token, "1", "{\"id\":1,\"place\":\"x\"}\n").expect(200, "")
	a.waitFor("the commit", func() bool { return a.Channels()[0].Committed == "1" })
	expectRows(t, a.rows(table), `{"id":1,"place":"x"}`)
}

func TestAPipeWhoseTableChangedInvalidatesItsChannels(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.quakes()
	a.pipe(table, catalog.Copy{Query: streamingQuery, Columns: []string{"ID", "PLACE"}}, catalog.Operate)
	token := a.open("P", "c", "").next()
	must(t, a.Catalog().UpdateTable(table.ID, func(t *catalog.Table) error {
		t.Columns = t.Columns[:1]
		return nil
	}))
	a.appendTo("P", "c", token, "1", "{\"id\":1}\n").expect(200, "")
	a.waitFor("the end of the channel", func() bool { return a.Channels()[0].Code == localsnowflake.CodeMustReopen })
	expectRows(t, a.rows(table))
}

func TestPipesSayWhatTheyTakeBinaryFor(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.quakes()
	a.pipe(table, catalog.Copy{Query: streamingQuery, Columns: []string{"ID", "PLACE"}}, catalog.Operate)
	for pipe, want := range map[string]string{"T-STREAMING": "BASE64", "P": "HEX"} {
		r := a.do("POST", "/v2/streaming"+pipes+pipe+":pipe-info", nil, nil).expect(200, "")
		if got := r.json["parameter_overrides"].(map[string]any)["binary_input_format"]; got != want {
			t.Errorf("%s: %v, want %s", pipe, got, want)
		}
	}
}

func TestAPipeFromFilesTakesNoRows(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.quakes()
	_, err := a.Catalog().CreatePipe(catalog.Pipe{Database: "DB", Schema: "S", Name: "F", Table: table.ID, Owner: "LOADER", Copy: &catalog.Copy{ByName: true}, Files: true}, catalog.Refuse)
	must(t, err)
	if r := a.open("F", "c", ""); r.status != 400 || r.json["error"] != localsnowflake.CodePipeKind {
		t.Errorf("open through a pipe from files: %d %v", r.status, r.json)
	}
}

func TestAnIcebergTableIsFilledWithUsageOnItsVolume(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	_, err := a.Catalog().CreateVolume(catalog.Volume{Name: "LAKE", Owner: catalog.AccountAdmin}, catalog.Refuse)
	must(t, err)
	volume, _ := a.Catalog().Volume("LAKE")
	a.table(catalog.Table{Name: "T", Kind: catalog.Iceberg, Lake: &catalog.Lake{Volume: "LAKE", Version: 3}, Columns: []catalog.Column{{Name: "ID", Type: catalog.IntegerType(), Nullable: true}}}, catalog.Insert)
	if r := a.open("T-STREAMING", "c", "").expect(403, localsnowflake.CodeTableMissing); r.json["message"] != `role LOADER lacks USAGE on external volume LAKE` {
		t.Errorf("%v", r.json)
	}
	must(t, a.Catalog().Grant(catalog.Grant{Privilege: catalog.Usage, On: catalog.OnVolume, Object: volume.ID, ToRole: "LOADER"}))
	a.open("T-STREAMING", "c", "").expect(200, "")
}
