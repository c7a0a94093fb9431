package quakes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// warehouse asks Snowflake through its driver for Python.
type warehouse struct{ client *client }

// result is a result set. A nil cell is NULL.
type result struct {
	Columns []struct{ Name, Type string }
	Rows    [][]*string
}

func (w *warehouse) ask(statement string) (*result, error) {
	var r result
	if err := w.client.ask(map[string]string{"sql": statement}, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	r.compact()
	return &r, nil
}

// compact takes out the blanks that Snowflake puts between the parts of a
// VARIANT; numbers and texts stay as they are.
func (r *result) compact() {
	for i, c := range r.Columns {
		switch c.Type {
		case "VARIANT", "OBJECT", "ARRAY":
		default:
			continue
		}
		for _, row := range r.Rows {
			if row[i] == nil {
				continue
			}
			var text bytes.Buffer
			if json.Compact(&text, []byte(*row[i])) == nil { // else it is what it is
				*row[i] = text.String()
			}
		}
	}
}

// column is a column's place, -1 when there is none of that name in any case.
func (r *result) column(name string) int {
	for i, c := range r.Columns {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// text is a cell's text, "" for NULL and for a column that is not there.
func (r *result) text(row int, column string) string {
	if i := r.column(column); i >= 0 && r.Rows[row][i] != nil {
		return *r.Rows[row][i]
	}
	return ""
}

// describe returns a table's column types by name, and prints them.
func (w *warehouse) describe(t *transcript, table string) (map[string]string, error) {
	r, err := w.ask("DESCRIBE TABLE " + table)
	if err != nil {
		return nil, err
	}
	types := map[string]string{}
	byType := map[string][]string{}
	for i := range r.Rows {
		name, kind := r.text(i, "name"), r.text(i, "type")
		types[name] = kind
		byType[kind] = append(byType[kind], name)
	}
	rows := [][]string{{table, "columns"}}
	for _, kind := range sortedKeys(byType) {
		rows = append(rows, []string{kind, strings.Join(byType[kind], " ")})
	}
	t.table(rows...)
	return types, nil
}

// committed is the column of each row's commit time, which ROW_TIMESTAMP keeps.
const committed = "COMMITTED_AT"

// everything selects all rows in the order in which they were committed.
func (w *warehouse) everything(table string) (*result, error) {
	return w.ask("SELECT *, METADATA$ROW_LAST_COMMIT_TIME AS " + committed + " FROM " + table)
}

// rows counts a table's rows.
func (w *warehouse) rows(table string) (int64, error) {
	r, err := w.ask("SELECT count(*) AS N FROM " + table)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(r.text(0, "N"), 10, 64)
}

// channel is one row of SHOW CHANNELS.
type channel struct {
	shard  string
	client int64  // sequencer: counts openings
	row    int64  // sequencer: the next append's; begins anew with each opening
	token  string // last committed offset token; "" for none
}

// channels are those of a table's pipe, by shard.
func (w *warehouse) channels(table string) (map[string]channel, error) {
	r, err := w.ask("SHOW CHANNELS")
	if err != nil {
		return nil, err
	}
	list := map[string]channel{}
	for i := range r.Rows {
		name := r.text(i, "name")
		at := strings.LastIndex(name, "shardId-")
		if at < 0 || r.text(i, "table_name") != table {
			continue
		}
		c := channel{shard: name[at:], token: r.text(i, "offset_token")}
		if c.client, err = strconv.ParseInt(r.text(i, "client_sequencer"), 10, 64); err != nil {
			return nil, fmt.Errorf("SHOW CHANNELS: %w", err)
		}
		if c.row, err = strconv.ParseInt(r.text(i, "row_sequencer"), 10, 64); err != nil {
			return nil, fmt.Errorf("SHOW CHANNELS: %w", err)
		}
		list[c.shard] = c
	}
	return list, nil
}

// sequenceOf is the sequence number in an offset token: 1.<sequence>.<sub>...
func sequenceOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// brief writes a token so that two of them can be told apart at a glance.
func brief(token string) string {
	sequence := sequenceOf(token)
	if sequence == "" {
		return "none"
	}
	return "..." + sequence[max(0, len(sequence)-12):] + "/" + strings.Split(token, ".")[2]
}

// before orders sequence numbers: by length, then by digits. "" is before all.
func before(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// names lists the columns of a result but for some.
func (r *result) names(but ...string) []string {
	var names []string
	for _, c := range r.Columns {
		if !slices.Contains(but, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}
