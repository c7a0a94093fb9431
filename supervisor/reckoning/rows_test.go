package reckoning_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

// TestOfAllIsKnownWhatIsKnownOfEach, and the names are those of audit's and
// replay's JSON.
func TestOfAllIsKnownWhatIsKnownOfEach(t *testing.T) {
	zero, seven := int64(0), int64(7)
	sum := reckoning.Rows{Snowflake: &zero}
	sum.Add(reckoning.Rows{Read: 10, Discarded: 1, Filtered: 2, Appended: 7, Committed: 7, Snowflake: &seven, Rejected: 3})
	sum.Add(reckoning.Rows{Read: 10, Discarded: 1, Filtered: 2, Appended: 7, Committed: 7, Snowflake: &seven, Rejected: 3})
	const want = `{"userRecordsRead":20,"discarded":2,"filtered":4,"rowsAppended":14,"rowsCommitted":14,"rowsBySnowflakesCounters":14,"rowsRejected":6}`
	if got, err := json.Marshal(sum); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if sum.Add(reckoning.Rows{}); sum.Snowflake != nil || zero != 0 || seven != 7 {
		t.Errorf("%v, %d %d", sum.Snowflake, zero, seven)
	}
}

func TestLinesOfAnAccountStandInColumns(t *testing.T) {
	var out strings.Builder
	reckoning.Line(&out, "", "user records read", 1234567, "")
	reckoning.Line(&out, "-", "discarded", 7, "dead letters on file 7   "+reckoning.Same(true))
	const want = "  user records read       1,234,567\n- discarded                       7   dead letters on file 7   ok\n"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
}
