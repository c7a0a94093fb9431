package localsnowflake_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

const (
	elasticPath = "/v2/streaming/data" + pipes + "T-STREAMING/channels/ELASTIC/rows"
	tablePath   = "/v2/streaming/data/databases/DB/schemas/S/tables/T/rows"
)

func TestElasticRowsAreThereWithTheAnswer(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	r := a.do("POST", tablePath+"?requestId=1&retryCount=0", []byte("{\"A\":1}\n{\"A\":2}\n"), nil).expect(200, "")
	if _, ok := r.json["next_continuation_token"].(string); !ok {
		t.Errorf("answer %s: Snowflake's SDKs want a token, if an empty one", r.body)
	}
	expectRows(t, a.rows(table), `{"A":1}`, `{"A":2}`)
	a.do("POST", elasticPath, []byte("{\"A\":3}\nbad\n"), nil).expect(200, "")
	expectRows(t, a.rows(table), `{"A":1}`, `{"A":2}`, `{"A":3}`)
	status := a.status("ELASTIC")
	if status["channel_status_code"] != "SUCCESS" || number(status, "rows_inserted") != 3 || number(status, "rows_error_count") != 1 {
		t.Errorf("status %v", status)
	}
}

func TestElasticFilesAreThereWithTheAnswer(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	p := a.place()
	file, description := p.seal(t, "0", "{\"A\":1}\n", "", "")
	a.do("PUT", p.path("0"), file, p.header()).expect(200, "")
	a.register("ELASTIC", "", description).expect(200, "")
	expectRows(t, a.rows(table), `{"A":1}`)
}

func TestTheElasticChannelHasNoTokensAndIsNotOpened(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	for _, name := range []string{"continuationToken", "offsetToken", "startOffsetToken", "endOffsetToken"} {
		a.do("POST", elasticPath+"?"+name+"=1", []byte("{}\n"), nil).expect(400, localsnowflake.CodeInvalidRequest)
	}
	a.open("T-STREAMING", "elastic", "").expect(400, localsnowflake.CodeInvalidRequest)
	expectRows(t, a.rows(table))
	if status := a.status("ELASTIC"); status["channel_status_code"] != "SUCCESS" {
		t.Errorf("status %v: it needs no open", status)
	}
}

func TestElasticRowsFailAsAWhole(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.table(catalog.Table{Name: "T", Evolution: true}, catalog.Insert, catalog.EvolveSchema)
	many := "{"
	for i := range 101 {
		many += fmt.Sprintf(`"K%d":1,`, i)
	}
	many += "\"A\":2}\n"
	a.do("POST", elasticPath, []byte("{\"A\":1}\n"+many), nil).expect(409, localsnowflake.CodeMustReopen)
	a.StallCommits(true)
	a.do("POST", elasticPath, []byte("{}\n"), nil).expect(503, "")
	a.StallCommits(false)
	expectRows(t, a.rows(table))
	a.do("POST", elasticPath, []byte("{\"A\":1}\n"), nil).expect(200, "")
	expectRows(t, a.rows(table), `{"A":1}`)
	a.token = "stranger"
	a.do("POST", elasticPath, []byte("{}\n"), nil).expect(401, "")
}

func TestTheElasticChannelOutlivesAProcess(t *testing.T) {
	dir := t.TempDir()
	first := start(t, localsnowflake.Options{Dir: dir})
	table := first.variants("A")
	first.do("POST", tablePath, []byte("{}\n"), nil).expect(200, "")
	must(t, first.Close())
	s, err := localsnowflake.Start(localsnowflake.Options{Dir: dir})
	must(t, err)
	defer s.Close()
	second := &account{Server: s, t: t}
	second.token = second.signIn()
	second.do("POST", tablePath, []byte("{}\n"), http.Header{}).expect(200, "")
	expectRows(t, second.rows(table), "{}", "{}")
	if got := number(second.status("ELASTIC"), "rows_inserted"); got != 2 {
		t.Errorf("%d rows inserted", got)
	}
}
