package snowpipe

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/module"
)

//go:embed record.py
var recordScript string

const quakesDDL = `CREATE TABLE EARTHQUAKES (ID VARCHAR NOT NULL, MAG FLOAT, PLACE VARCHAR, DMIN FLOAT, RMS FLOAT, GAP FLOAT)
  ENABLE_SCHEMA_EVOLUTION = TRUE ERROR_LOGGING = TRUE`

// readings are what gosnowflake asks at the end of the recording.
var readings = []string{
	`SELECT COUNT(*) AS "ROWS", COUNT(DISTINCT ID) AS IDS, MIN(MAG) AS WEAKEST, MAX(MAG) AS STRONGEST FROM EARTHQUAKES`,
	`SELECT MAGTYPE, COUNT(*) AS N, ROUND(AVG(MAG), 2) AS MEAN FROM EARTHQUAKES GROUP BY MAGTYPE ORDER BY N DESC, MAGTYPE LIMIT 4`,
	`SELECT ID, MAG, PLACE, GEOMETRY:coordinates[2]::FLOAT AS DEPTH FROM EARTHQUAKES ORDER BY MAG DESC NULLS LAST, ID LIMIT 5`,
	`SELECT COUNT(*) AS ERRORS FROM ERROR_TABLE(EARTHQUAKES)`,
}

// quake is what the file and the table are compared by.
type quake struct {
	ID    string
	Mag   *float64
	Place *string
}

// recorded is the recording as a judge: it also holds every row against the
// file.
func recorded(ctx context.Context, h *judge.Hearing) error {
	var text bytes.Buffer
	if err := Record(ctx, h, &text); err != nil {
		return err
	}
	_, err := h.File("recording.txt", text.String())
	return err
}

// Record lets Snowflake's Python SDK stream the file of earthquakes into a
// local Snowflake - the first process dies on the way, the second goes on from
// the committed token - and gosnowflake read it back. What is done and said
// goes to out, as a reader would have seen it.
func Record(ctx context.Context, h *judge.Hearing, out io.Writer) (err error) {
	root, err := module.Root(ctx)
	if err != nil {
		return err
	}
	file := filepath.Join(root, "integration", "demo", "earthquakes.ndjson")
	lines, err := readQuakes(file)
	if err != nil {
		return err
	}
	a, err := newAccount(h, "recording", localsnowflake.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.end(h, "recording")) }()
	fmt.Fprintf(out, "Snowflake's own clients on localsnowflake, a Snowflake on loopback:\n"+
		"snowpipe-streaming %s (Python) streams, gosnowflake reads.\n\n> %s\n", python.version, quakesDDL)
	if err := a.do(ctx, quakesDDL); err != nil {
		return err
	}
	r := &recorder{account: a, h: h, out: out}
	if err := r.stream(ctx, file, 1000); err == nil {
		return errors.New("the SDK's process was to die and did not")
	}
	if err := r.stream(ctx, file, 0); err != nil {
		return err
	}
	for _, query := range readings {
		if err := r.read(ctx, query); err != nil {
			return err
		}
	}
	h.Check("earthquakes: every row once, in order", r.compare(ctx, lines), "%d rows by ID, MAG and PLACE as gosnowflake reads them", len(lines))
	evolved, err := a.ask(ctx, `SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'EARTHQUAKES'`)
	if err != nil {
		return err
	}
	h.Hold("earthquakes: the columns came with the rows", evolved == "28", "%s columns", evolved)
	return nil
}

// recorder writes down what it does.
type recorder struct {
	*account
	h   *judge.Hearing
	out io.Writer
}

// stream runs the script, which dies at a line unless die is 0.
func (r *recorder) stream(ctx context.Context, file string, die int) error {
	c, err := r.h.Python(ctx, pip, recordScript, file, fmt.Sprint(die))
	if err != nil {
		return err
	}
	properties, err := r.properties(python, nil)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	c.Env = append(r.environment(), "PROPERTIES="+string(encoded))
	fmt.Fprintf(r.out, "\n$ python record.py earthquakes.ndjson %d\n", die)
	said, err := r.h.Output(c)
	fmt.Fprint(r.out, said)
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		fmt.Fprintf(r.out, "(%s)\n", ended.ProcessState)
	}
	return err
}

// read writes a query and its answer as a table.
func (r *recorder) read(ctx context.Context, query string) error {
	rows, err := r.db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	grid := [][]string{names}
	for rows.Next() {
		cells := make([]any, len(names))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		var line []string
		for _, cell := range cells {
			line = append(line, fmt.Sprint(*cell.(*any)))
		}
		grid = append(grid, line)
	}
	fmt.Fprintf(r.out, "\n> %s\n%s", query, inColumns(grid))
	return rows.Err()
}

// inColumns sets rows in columns.
func inColumns(grid [][]string) string {
	width := make([]int, len(grid[0]))
	for _, line := range grid {
		for i, cell := range line {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, line := range grid {
		var text strings.Builder
		for i, cell := range line {
			text.WriteString("  " + cell + strings.Repeat(" ", width[i]-len([]rune(cell))))
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	return b.String()
}

// compare holds every row of the table, in the order of the commits, against
// the file.
func (r *recorder) compare(ctx context.Context, want []quake) error {
	rows, err := r.db.QueryContext(ctx, `SELECT ID, MAG, PLACE FROM EARTHQUAKES`)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var got quake
		if err := rows.Scan(&got.ID, &got.Mag, &got.Place); err != nil {
			return err
		}
		if n >= len(want) {
			return fmt.Errorf("there is a row after the last one: %s", got.ID)
		}
		if w := want[n]; got.ID != w.ID || !same(got.Mag, w.Mag) || !same(got.Place, w.Place) {
			return fmt.Errorf("row %d is %s, not %s, or differs from it", n, got.ID, w.ID)
		}
	}
	if n != len(want) {
		return fmt.Errorf("%d rows of %d", n, len(want))
	}
	return rows.Err()
}

func same[T comparable](a, b *T) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func readQuakes(path string) (list []quake, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var q quake
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	return list, lines.Err()
}
