package quakes

import (
	"context"
	"slices"
	"strings"
)

// exactColumns are declared beforehand: their values are of several kinds, and
// VARIANT keeps each one's text.
var exactColumns = []string{"MAG", "CDI", "MMI", "RMS", "GAP", "DMIN", "GEOMETRY"}

// Exit codes of run --until-caught-up.
const (
	exitFine     = 0
	exitFindings = 2 // rejected rows remain
)

// fields puts the file into two tables and compares every field.
func fields(ctx context.Context, f *flow) error {
	if err := f.open(ctx, "--stream", "quakes:4", "--table", "QUAKES", "--stream", "evolved:1", "--table", "EVOLVED"); err != nil {
		return err
	}
	if err := f.declare("QUAKES"); err != nil {
		return err
	}
	byBoto, calls, err := putAll(ctx, "quakes", f.in.lines, f.aws.putByBoto)
	if err != nil {
		return err
	}
	f.t.say("boto3 kinesis.put_records put %d records of the file into quakes in %d calls", len(byBoto), calls)
	f.t.table(perShard(byBoto)...)

	first, rest := f.in.lines[:1], f.in.lines[1:]
	byCLI, err := f.aws.putByCLI(ctx, "evolved", first)
	if err != nil {
		return err
	}
	f.t.say("aws kinesis put-records put line 1 alone into evolved: its values decide the first types")
	if err := f.untilCaughtUp(ctx, f.cloud.Config, exitFine); err != nil {
		return err
	}
	if err := f.compare("QUAKES", "quakes", byBoto); err != nil {
		return err
	}
	more, calls, err := putAll(ctx, "evolved", rest, f.aws.putByCLI)
	if err != nil {
		return err
	}
	byCLI = append(byCLI, more...)
	f.t.say("\naws kinesis put-records put the other %d lines into evolved in %d calls", len(more), calls)
	if err := f.untilCaughtUp(ctx, f.cloud.Config, exitFine); err != nil {
		return err
	}
	types, err := f.warehouse.describe(f.t, "EVOLVED")
	if err != nil {
		return err
	}
	f.t.differences("EVOLVED: evolution", against(expect(first, rest), types), "it added the columns and types that the values ask for (spec 3.3), and no others")
	if err := f.compare("EVOLVED", "evolved", byCLI); err != nil {
		return err
	}
	return f.odd(ctx, first, rest, byCLI)
}

// declare adds the VARIANT columns through SQL.
func (f *flow) declare(table string) error {
	statement := "ALTER TABLE " + table + " ADD COLUMN " + strings.Join(exactColumns, " VARIANT, ") + " VARIANT"
	if _, err := f.warehouse.ask(statement); err != nil {
		return err
	}
	f.t.say("sql: %s", statement)
	_, err := f.warehouse.describe(f.t, table)
	return err
}

// compare reads a table with the driver and the stream with boto3, and gives
// the verdicts.
func (f *flow) compare(table, stream string, puts []put) error {
	arrivals, err := f.aws.arrivals(stream)
	if err != nil {
		return err
	}
	rows, err := f.warehouse.everything(table)
	if err != nil {
		return err
	}
	found, err := comparison{stream, puts, arrivals}.of(rows)
	if err != nil {
		return err
	}
	f.types(table, rows)
	found.verdicts(f.t, table, len(puts))
	return nil
}

// types prints the driver's types, and one row's metadata to look at.
func (f *flow) types(table string, rows *result) {
	byType := map[string][]string{}
	for _, c := range rows.Columns {
		if c.Name != committed {
			byType[c.Type] = append(byType[c.Type], c.Name)
		}
	}
	listing := [][]string{{"driver's type in " + table, "columns"}}
	for _, kind := range sortedKeys(byType) {
		listing = append(listing, []string{kind, strings.Join(byType[kind], " ")})
	}
	f.t.table(listing...)
	if len(rows.Rows) > 0 {
		f.t.say("    a row's metadata: %s", rows.text(len(rows.Rows)-1, metadataColumn))
	}
	if slices.Contains(rows.names(), "GEOMETRY") && len(rows.Rows) > 0 {
		f.t.say("    its geometry and mag: %s   %s", rows.text(len(rows.Rows)-1, "GEOMETRY"), rows.text(len(rows.Rows)-1, "MAG"))
	}
}

// odd puts the odd records in two stages: the second ones meet the columns that
// the first ones added.
func (f *flow) odd(ctx context.Context, first, rest []line, byCLI []put) error {
	f.t.say("\nodd records into EVOLVED: %d, then %d that meet the columns that the first ones added", len(oddFirst), len(oddSecond))
	one, err := lines(oddFirst)
	if err != nil {
		return err
	}
	two, err := lines(oddSecond)
	if err != nil {
		return err
	}
	plain, err := f.aws.putByCLI(ctx, "evolved", one)
	if err != nil {
		return err
	}
	if err := f.untilCaughtUp(ctx, f.cloud.Config, exitFindings); err != nil {
		return err
	}
	more, err := f.aws.putByCLI(ctx, "evolved", two)
	if err != nil {
		return err
	}
	if err := f.untilCaughtUp(ctx, f.cloud.Config, exitFindings); err != nil {
		return err
	}
	rows, err := f.warehouse.everything("EVOLVED")
	if err != nil {
		return err
	}
	errors, err := f.warehouse.ask(`SELECT ERROR_CODE, ERROR_METADATA:error_source::VARCHAR AS SOURCE, ERROR_DATA:"$1" AS PAYLOAD FROM ERROR_TABLE(EVOLVED)`)
	if err != nil {
		return err
	}
	all := slices.Concat(oddFirst, oddSecond)
	wrong, listing := fates(all, rows, errors)
	f.t.table(listing...)
	f.t.differences("EVOLVED: odd records", wrong, "%d became what the papers say", len(all))
	bad := refusals(all...)
	f.t.verdict("EVOLVED: count", len(errors.Rows) == bad && len(rows.Rows) == len(byCLI)+len(all)-bad,
		"%d records put, %d rows in the table + %d in ERROR_TABLE", len(byCLI)+len(all), len(rows.Rows), len(errors.Rows))
	types, err := f.warehouse.describe(f.t, "EVOLVED")
	if err != nil {
		return err
	}
	f.t.differences("EVOLVED: evolution by odd records", against(expect(first, rest, one, two), types), "the odd records added the columns that they should, and no others")
	return f.oddMetadata(rows, slices.Concat(plain, more))
}

// oddMetadata looks at the metadata of the odd rows.
func (f *flow) oddMetadata(rows *result, puts []put) error {
	arrivals, err := f.aws.arrivals("evolved")
	if err != nil {
		return err
	}
	byID := map[string]put{}
	for _, p := range puts {
		byID[p.id()] = p
	}
	var wrong []string
	for i := range rows.Rows {
		m, err := readMetadata(rows.Rows[i][rows.column(metadataColumn)])
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		p, ok := byID[m.id()]
		if !ok {
			continue // an earthquake
		}
		if text := m.differs(p, "evolved", arrivals[p.id()]); text != "" {
			wrong = append(wrong, m.id()+": "+text)
		}
	}
	f.t.differences("EVOLVED: metadata of odd rows", wrong, "all seven fields")
	return nil
}
