package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Positions counts a table's rows by where they come from, as KINESISMETADATA
// says. Its queries need a virtual warehouse. Errors are *messages.Fault, or
// say which row's metadata is not ours.
type Positions struct {
	warehouse *Warehouse
	table     string // with database and schema, quoted
	rows      string // what has the table's rows as KINESISMETADATA
	metadata  string // the expression that is it in the table
	stream    string
}

// Repeat is a position with several rows.
type Repeat struct {
	messages.Position
	Rows int64
}

// MaxRepeats bounds what Repeated brings back.
const MaxRepeats = 1000

// Positions looks at the rows of a Kinesis stream in a table.
func (w *Warehouse) Positions(table, stream string) (*Positions, error) {
	path, err := w.path(table)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	return &Positions{w, path, path, MetadataKey, stream}, nil
}

// By looks for the metadata where a target keeps it: in a column of another
// name, or inside of one.
func (p *Positions) By(m Metadata) *Positions {
	by := *p
	by.rows, by.metadata = p.table, MetadataKey
	if m.Expression != "" && m.Expression != MetadataKey {
		by.metadata = m.Expression
		by.rows = "(SELECT " + m.Expression + " AS " + MetadataKey + " FROM " + p.table + ")"
	}
	return &by
}

// Count counts all rows of the table, whoever wrote them.
func (p *Positions) Count(ctx context.Context) (int64, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT COUNT(*) FROM "+p.table)
	if err != nil {
		return 0, err
	}
	return whole(found[0][0])
}

// place writes a row's position as one text that sorts like the numbers in it:
// sequence numbers have up to 129 digits, sub-sequence numbers up to 19.
const (
	sequence    = "KINESISMETADATA:sequenceNumber::STRING"
	subSequence = "KINESISMETADATA:subSequenceNumber::STRING"
	place       = "LPAD(" + sequence + ", 129, '0') || LPAD(" + subSequence + ", 19, '0')"
)

func placeOf(p messages.Position) string {
	return strings.Repeat("0", messages.MaxSequenceDigits-len(p.Seq)) + string(p.Seq) + fmt.Sprintf("%019d", p.Sub)
}

func literal(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), "'", "''") + "'"
}

// of limits a query to a shard.
func (p *Positions) of(shard messages.ShardID) string {
	return "KINESISMETADATA:stream::STRING = " + literal(p.stream) + " AND KINESISMETADATA:shardId::STRING = " + literal(string(shard))
}

// within limits it to a stretch of it, (from, to].
func (p *Positions) within(s Span) string {
	text := p.of(s.Shard) + " AND " + place + " <= " + literal(placeOf(s.To))
	if !s.From.IsZero() {
		text += " AND " + place + " > " + literal(placeOf(s.From))
	}
	return text
}

// Repeated lists the positions of a span that have more than one row, the first
// MaxRepeats of them.
func (p *Positions) Repeated(ctx context.Context, s Span) ([]Repeat, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT "+sequence+" AS SEQ, "+subSequence+" AS SUB, COUNT(*) AS N FROM "+p.rows+
		" WHERE "+p.within(s)+" GROUP BY 1, 2 HAVING COUNT(*) > 1 ORDER BY 1, 2 LIMIT "+strconv.Itoa(MaxRepeats))
	if err != nil {
		return nil, err
	}
	var list []Repeat
	for _, row := range found {
		at, err := positionOf(row)
		if err != nil {
			return nil, err
		}
		n, err := whole(row[2])
		if err != nil {
			return nil, err
		}
		list = append(list, Repeat{at, n})
	}
	return list, nil
}

// positionOf reads a position from the first two cells of a row.
func positionOf(row []sql.NullString) (messages.Position, error) {
	at, err := messages.ParsePosition(row[0].String + "/" + row[1].String)
	if err != nil {
		return messages.Position{}, fmt.Errorf("a row's KINESISMETADATA: %w", err)
	}
	return at, nil
}

// rejected is the error table as rows with KINESISMETADATA. What was sent is
// kept under "$1"; a row that was cut short or is no JSON is a text and has
// none.
func (p *Positions) rejected() string {
	return `(SELECT ERROR_DATA:"$1":KINESISMETADATA AS KINESISMETADATA FROM ERROR_TABLE(` + p.table + `))`
}

// Highest is the last position of a shard that the table or its error table has
// a row of; zero where there is none. Without an error table it is the table's:
// a rejected row behind that one is sent again.
func (p *Positions) Highest(ctx context.Context, shard messages.ShardID) (messages.Position, error) {
	at, err := p.highest(ctx, p.rows, shard)
	if err != nil {
		return at, err
	}
	refused, err := p.highest(ctx, p.rejected(), shard)
	if fault := new(messages.Fault); errors.As(err, &fault) && fault.Complete {
		return at, nil // ERROR_LOGGING is off
	}
	if err == nil && refused.Covers(at) {
		at = refused
	}
	return at, err
}

func (p *Positions) highest(ctx context.Context, source string, shard messages.ShardID) (messages.Position, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT "+sequence+" AS SEQ, "+subSequence+" AS SUB FROM "+source+
		" WHERE "+p.of(shard)+" ORDER BY "+place+" DESC LIMIT 1")
	if err != nil || len(found) == 0 {
		return messages.Position{}, err
	}
	return positionOf(found[0])
}

// Rejected counts the rows of the table's error table, shard by shard. Those of
// another stream are left out; those that name no stream or shard, because the
// payload was cut short or is no JSON, are counted under "".
func (p *Positions) Rejected(ctx context.Context) (map[messages.ShardID]int64, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT COALESCE(KINESISMETADATA:shardId::STRING, '') AS SHARD, COUNT(*) AS N FROM "+p.rejected()+
		" WHERE COALESCE(KINESISMETADATA:stream::STRING, "+literal(p.stream)+") = "+literal(p.stream)+" GROUP BY 1")
	if err != nil {
		return nil, err
	}
	counts := map[messages.ShardID]int64{}
	for _, row := range found {
		n, err := whole(row[1])
		if err != nil {
			return nil, err
		}
		counts[messages.ShardID(row[0].String)] = n
	}
	return counts, nil
}

func whole(cell sql.NullString) (int64, error) {
	n, err := strconv.ParseInt(cell.String, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("a count came back as %q", cell.String)
	}
	return n, nil
}
