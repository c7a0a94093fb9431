package warehouse

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

func TestTheStatementThatShowsRejectedRowsIsQuoted(t *testing.T) {
	table := FullName(`my db`, `Events`, `or"ders`)
	for want, got := range map[string]string{
		`SELECT * FROM ERROR_TABLE("my db"."Events"."or""ders") WHERE ERROR_METADATA:details:channel_name = 'it''s'`: ErrorRows(table, "it's", messages.Position{}, messages.Position{}),
		`SELECT * FROM ERROR_TABLE("my db"."Events"."or""ders") WHERE ERROR_METADATA:details:channel_name = 'c' AND ` +
			`LPAD(SPLIT_PART(ERROR_METADATA:details:offset_token_upper_bound::STRING, '.', 2), 3, '0') BETWEEN '099' AND '100'`: ErrorRows(table, "c", messages.Position{Seq: "99"}, messages.Position{Seq: "100"}),
	} {
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
