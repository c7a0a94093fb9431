package quakes

import (
	"encoding/json"
	"fmt"
	"strings"
)

// odd is a record whose values do not simply fit, and what the papers say
// becomes of it (spec snowpipe-streaming 3.2 to 3.5).
type odd struct {
	id      string
	rest    string            // members beside id
	rule    string            // of the spec
	cells   map[string]string // by column; "" is NULL
	refused int               // error code of the row error; 0 where the row lands
	column  string            // that is to blame
}

func (o odd) line() (line, error) {
	text := fmt.Sprintf(`{"id":%q`, o.id)
	if o.rest != "" {
		text += "," + o.rest
	}
	l, err := parseLine([]byte(text + "}"))
	l.key = "odd"
	return l, err
}

const (
	castFailed = 100071
	null       = "" // what cells say for SQL NULL
)

// oddFirst are put when MAG is NUMBER, DMIN FLOAT, PLACE VARCHAR and GEOMETRY
// VARIANT, as the earthquakes made them.
var oddFirst = []odd{
	{id: "odd-01", rest: `"mag":2.5`, rule: "3.4 a fraction into NUMBER(38,0) is rounded", cells: map[string]string{"MAG": "3"}},
	{id: "odd-02", rest: `"mag":"7"`, rule: "3.4 NUMBER takes numeric strings", cells: map[string]string{"MAG": "7"}},
	{id: "odd-03", rest: `"mag":"strong"`, rule: "3.4 non-numeric into NUMBER is a row error", refused: castFailed, column: "MAG"},
	{id: "odd-04", rest: `"mag":1e39`, rule: "3.4 out of range into NUMBER is a row error", refused: castFailed, column: "MAG"},
	{id: "odd-05", rest: `"mag":null`, rule: "3.4 null is SQL NULL but for VARIANT", cells: map[string]string{"MAG": null}},
	{id: "odd-06", rest: `"dmin":"NaN"`, rule: "3.4 FLOAT takes \"NaN\"", cells: map[string]string{"DMIN": "nan"}},
	{id: "odd-07", rest: `"place":{"near":["sea", 1.50]}`, rule: "3.4 an object into VARCHAR is JSON text", cells: map[string]string{"PLACE": `{"near":["sea",1.50]}`}},
	{id: "odd-08", rest: `"PLACE":"upper case"`, rule: "3.2 keys match columns in any case", cells: map[string]string{"PLACE": "upper case"}},
	{id: "odd-09", rest: `"geometry":"{\"text\":1}"`, rule: "3.4 a JSON text in a string stays a string in VARIANT", cells: map[string]string{"GEOMETRY": `"{\"text\":1}"`}},
	{id: "odd-10", rest: `"geometry":null`, rule: "3.4 null into VARIANT is JSON's null", cells: map[string]string{"GEOMETRY": "null"}},
	{id: "odd-11", rule: "3.4 an absent key is SQL NULL, VARIANT too", cells: map[string]string{"GEOMETRY": null, "MAG": null}},
	{id: "odd-12", rest: `"never":null`, rule: "3.3 a key with nothing but null adds no column", cells: map[string]string{"ID": "odd-12"}},
	{id: "odd-13", rest: `"day":"2018-02-06"`, rule: "3.3 text that looks like a date is VARCHAR", cells: map[string]string{"DAY": "2018-02-06"}},
	{id: "odd-14", rest: `"tags":[1,"a"]`, rule: "3.3 an array adds a VARIANT", cells: map[string]string{"TAGS": `[1,"a"]`}},
	{id: "odd-15", rest: `"checked":true`, rule: "3.3 a truth value adds a BOOLEAN", cells: map[string]string{"CHECKED": "true"}},
	{id: "odd-16", rest: `"big":12345678901234567890123456789012345678`, rule: "3.4 38 digits keep every one", cells: map[string]string{"BIG": "12345678901234567890123456789012345678"}},
}

// oddSecond are put when CHECKED is BOOLEAN, TAGS VARIANT and DAY VARCHAR.
var oddSecond = []odd{
	{id: "odd-21", rest: `"checked":"yes"`, rule: "3.4 BOOLEAN takes yes and no", cells: map[string]string{"CHECKED": "true"}},
	{id: "odd-22", rest: `"checked":1`, rule: "3.4 a number into BOOLEAN is a row error", refused: castFailed, column: "CHECKED"},
	{id: "odd-23", rest: `"checked":false,"tags":7.10`, rule: "3.4 VARIANT stores as it is", cells: map[string]string{"CHECKED": "false", "TAGS": "7.10"}},
	{id: "odd-24", rest: `"day":20180206`, rule: "3.4 a number into VARCHAR is its text", cells: map[string]string{"DAY": "20180206"}},
}

// lines makes records of odd ones.
func lines(odds []odd) ([]line, error) {
	var list []line
	for _, o := range odds {
		l, err := o.line()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.id, err)
		}
		list = append(list, l)
	}
	return list, nil
}

// fates compares with the table and the error table, by the records' ids.
func fates(odds []odd, rows, errors *result) (wrong []string, listing [][]string) {
	landed, refused := map[string]int{}, map[string]int{}
	for i := range rows.Rows {
		landed[rows.text(i, "ID")] = i
	}
	for i := range errors.Rows {
		var data struct{ ID string }
		if err := json.Unmarshal([]byte(errors.text(i, "PAYLOAD")), &data); err != nil {
			wrong = append(wrong, fmt.Sprintf("error row %d: payload %s: %v", i+1, errors.text(i, "PAYLOAD"), err))
		}
		refused[data.ID] = i
	}
	listing = append(listing, []string{"put beside id", "became", "rule"})
	for _, o := range odds {
		row, there := landed[o.id]
		bad, isBad := refused[o.id]
		var became []string
		switch {
		case there == isBad:
			wrong = append(wrong, fmt.Sprintf("%s %s: in the table %t, in the error table %t", o.id, o.rest, there, isBad))
		case isBad:
			became = append(became, "row error "+errors.text(bad, "ERROR_CODE")+" "+errors.text(bad, "SOURCE"))
			if errors.text(bad, "ERROR_CODE") != fmt.Sprint(o.refused) || errors.text(bad, "SOURCE") != o.column {
				wrong = append(wrong, fmt.Sprintf("%s %s: %s, should be %d of %q", o.id, o.rest, became[0], o.refused, o.column))
			}
		default:
			if o.refused != 0 {
				wrong = append(wrong, fmt.Sprintf("%s %s landed, should be row error %d", o.id, o.rest, o.refused))
			}
			for _, name := range sortedKeys(o.cells) {
				i := rows.column(name)
				if i < 0 || !sameCell(rows.Rows[row][i], o.cells[name]) {
					wrong = append(wrong, fmt.Sprintf("%s %s: %s is not %q", o.id, o.rest, name, o.cells[name]))
				}
				if i >= 0 {
					became = append(became, name+" = "+shown(rows.Rows[row][i]))
				}
			}
		}
		listing = append(listing, []string{o.rest, strings.Join(became, ", "), o.rule})
	}
	return wrong, listing
}

func sameCell(cell *string, want string) bool {
	if want == null {
		return cell == nil
	}
	return cell != nil && *cell == want
}

// refusals counts those that must be row errors.
func refusals(odds ...odd) (n int) {
	for _, o := range odds {
		if o.refused != 0 {
			n++
		}
	}
	return n
}
