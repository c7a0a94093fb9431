package warehouse

import (
	"context"
	"database/sql"
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
	return &Positions{w, path, stream}, nil
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
func (p *Positions) within(shard messages.ShardID, from, to messages.Position) string {
	text := p.of(shard) + " AND " + place + " <= " + literal(placeOf(to))
	if !from.IsZero() {
		text += " AND " + place + " > " + literal(placeOf(from))
	}
	return text
}

// Count counts the rows of a shard after from, up to and including to.
func (p *Positions) Count(ctx context.Context, shard messages.ShardID, from, to messages.Position) (int64, error) {
	return p.number(ctx, "SELECT COUNT(*) FROM "+p.table+" WHERE "+p.within(shard, from, to))
}

// Repeated lists the positions there that have more than one row, the first
// MaxRepeats of them.
func (p *Positions) Repeated(ctx context.Context, shard messages.ShardID, from, to messages.Position) ([]Repeat, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT "+sequence+" AS SEQ, "+subSequence+" AS SUB, COUNT(*) AS N FROM "+p.table+
		" WHERE "+p.within(shard, from, to)+" GROUP BY 1, 2 HAVING COUNT(*) > 1 ORDER BY 1, 2 LIMIT "+strconv.Itoa(MaxRepeats))
	if err != nil {
		return nil, err
	}
	var list []Repeat
	for _, row := range found {
		at, err := messages.ParsePosition(row[0].String + "/" + row[1].String)
		if err != nil {
			return nil, fmt.Errorf("a row's KINESISMETADATA: %w", err)
		}
		n, err := whole(row[2])
		if err != nil {
			return nil, err
		}
		list = append(list, Repeat{at, n})
	}
	return list, nil
}

// Highest is the last position of a shard that the table has a row of; zero
// where it has none.
func (p *Positions) Highest(ctx context.Context, shard messages.ShardID) (messages.Position, error) {
	_, found, err := p.warehouse.Query(ctx, "SELECT "+sequence+" AS SEQ, "+subSequence+" AS SUB FROM "+p.table+
		" WHERE "+p.of(shard)+" ORDER BY "+place+" DESC LIMIT 1")
	if err != nil || len(found) == 0 {
		return messages.Position{}, err
	}
	at, err := messages.ParsePosition(found[0][0].String + "/" + found[0][1].String)
	if err != nil {
		return messages.Position{}, fmt.Errorf("a row's KINESISMETADATA: %w", err)
	}
	return at, nil
}

// Rejected counts the rows of the table's error table, of whatever shard.
func (p *Positions) Rejected(ctx context.Context) (int64, error) {
	return p.number(ctx, "SELECT COUNT(*) FROM ERROR_TABLE("+p.table+")")
}

func (p *Positions) number(ctx context.Context, statement string) (int64, error) {
	_, found, err := p.warehouse.Query(ctx, statement)
	if err != nil {
		return 0, err
	}
	if len(found) != 1 || len(found[0]) != 1 {
		return 0, fmt.Errorf("a count came back as %d rows", len(found))
	}
	return whole(found[0][0])
}

func whole(cell sql.NullString) (int64, error) {
	n, err := strconv.ParseInt(cell.String, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("a count came back as %q", cell.String)
	}
	return n, nil
}
