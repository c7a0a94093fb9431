package corpus

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Case is one payload and what becomes of it.
type Case struct {
	File    string // without .yaml
	Name    string
	Payload []byte
	Evolves Fate // into a table that evolves
	Fixed   Fate // into one that does not
}

// Fate is what becomes of a payload. With Discarded there is nothing else.
type Fate struct {
	Rows      []Row
	Rejected  []Rejection
	Discarded string // the cause of the dead letter
}

// Row is the columns of a row that hold a value, as text. A JSON value is its
// JSON text, a text itself, binary data hexadecimal.
type Row map[string]string

// Null is the value of a column that has a default and is NULL all the same.
const Null = "NULL"

// Rejection is a row in the error table.
type Rejection struct {
	Code   int
	Column string
}

func (r Rejection) String() string { return strings.TrimSpace(strconv.Itoa(r.Code) + " " + r.Column) }

// fate is how a file writes it.
type fate struct {
	Row       Row      `yaml:"row"`
	Rows      []Row    `yaml:"rows"`
	Rejected  []string `yaml:"rejected"`
	Discarded string   `yaml:"discarded"`
}

func (f fate) read() (Fate, error) {
	out := Fate{Rows: f.Rows, Discarded: f.Discarded}
	if f.Row != nil {
		out.Rows = append(out.Rows, f.Row)
	}
	for i, row := range out.Rows {
		out.Rows[i] = row.expand()
	}
	for _, text := range f.Rejected {
		code, column, _ := strings.Cut(text, " ")
		n, err := strconv.Atoi(code)
		if err != nil {
			return out, fmt.Errorf("rejected %q: give CODE COLUMN", text)
		}
		out.Rejected = append(out.Rejected, Rejection{n, column})
	}
	if made := len(out.Rows) + len(out.Rejected); (made == 0) == (out.Discarded == "") {
		return out, errors.New("give rows, or say why there are none")
	}
	return out, nil
}

// expand writes repetitions out, those of columns too: PART_#*3: '#' is three.
func (r Row) expand() Row {
	out := Row{}
	for column, value := range r {
		name, times, many := strings.Cut(column, "*")
		n, err := strconv.Atoi(times)
		if !many || err != nil || !strings.Contains(name, "#") {
			out[expand(column)] = expand(value)
			continue
		}
		for i := range n {
			count := strconv.Itoa(i)
			out[strings.ReplaceAll(name, "#", count)] = strings.ReplaceAll(value, "#", count)
		}
	}
	return out
}

// without leaves out the columns that a table does not have.
func (f Fate) without(unknown func(column string) bool) Fate {
	rows := f.Rows
	f.Rows = nil
	for _, row := range rows {
		kept := Row{}
		for column, value := range row {
			if !unknown(column) {
				kept[column] = value
			}
		}
		f.Rows = append(f.Rows, kept)
	}
	return f
}
