package warehouse

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// Span is a stretch of a shard, (From, To].
type Span struct {
	Shard    messages.ShardID
	From, To messages.Position
}

// Tally is what a table has of a span.
type Tally struct {
	Rows      int64
	Positions int64 // distinct ones
	Altered   int64 // rows whose KINESISMETADATA contradicts itself
}

// MaxSpans is how many spans one statement counts.
const MaxSpans = 1000

// The statement counts by position first, so that a row which is there twice is
// seen whatever the sum says, and brings back one row for each span that has
// any. The spans travel as one bound value: the text is the same for two of
// them and for a thousand. A row is in one span at most, for those of a shard
// do not overlap. shardedSequenceNumber is made of the two other numbers by the
// renderer; a row where it is not was changed by somebody.
const (
	sharded = "KINESISMETADATA:shardedSequenceNumber::STRING"
	honest  = "LEFT(" + sharded + ", LENGTH(" + sequence + ")) = " + sequence +
		" AND TRY_TO_NUMBER(SUBSTR(" + sharded + ", LENGTH(" + sequence + ") + 1)) = TRY_TO_NUMBER(" + subSequence + ")"
	spansOf = `(SELECT VALUE:n::NUMBER AS N, VALUE:s::STRING AS SHARD, VALUE:a::STRING AS A, VALUE:b::STRING AS B FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?)))) S`
)

// Tally counts the rows of several spans, in their order. Each MaxSpans of them
// take one statement, and one scan of the table.
func (p *Positions) Tally(ctx context.Context, spans []Span) ([]Tally, error) {
	tallies := make([]Tally, len(spans))
	for first := 0; first < len(spans); first += MaxSpans {
		last := min(first+MaxSpans, len(spans))
		if err := p.tally(ctx, spans[first:last], tallies[first:last]); err != nil {
			return nil, err
		}
	}
	return tallies, nil
}

// bound is a span as the statement reads it.
type bound struct {
	N     int              `json:"n"`
	Shard messages.ShardID `json:"s"`
	From  string           `json:"a"` // places; "" is before all
	To    string           `json:"b"`
}

func (p *Positions) tally(ctx context.Context, spans []Span, into []Tally) error {
	bounds := make([]bound, len(spans))
	for i, s := range spans {
		bounds[i] = bound{N: i, Shard: s.Shard, To: placeOf(s.To)}
		if !s.From.IsZero() {
			bounds[i].From = placeOf(s.From)
		}
	}
	text, err := json.Marshal(bounds)
	if err != nil {
		return err
	}
	_, found, err := p.warehouse.Query(ctx, "SELECT N, SUM(ROWS_), COUNT(*), SUM(ALTERED) FROM (SELECT S.N, T.PLACE, COUNT(*) AS ROWS_, SUM(T.ALTERED) AS ALTERED FROM "+
		"(SELECT KINESISMETADATA:shardId::STRING AS SHARD, "+place+" AS PLACE, IFF(COALESCE("+honest+", "+sharded+" IS NULL), 0, 1) AS ALTERED FROM "+p.rows+
		" WHERE KINESISMETADATA:stream::STRING = "+literal(p.stream)+") T JOIN "+spansOf+
		" ON T.SHARD = S.SHARD AND T.PLACE > S.A AND T.PLACE <= S.B GROUP BY 1, 2) GROUP BY 1", string(text))
	if err != nil {
		return err
	}
	for _, row := range found {
		var n [4]int64
		for i := range n {
			if n[i], err = whole(row[i]); err != nil {
				return err
			}
		}
		if n[0] < 0 || n[0] >= int64(len(into)) {
			return fmt.Errorf("a count came back for span %d of %d", n[0], len(into))
		}
		into[n[0]] = Tally{n[1], n[2], n[3]}
	}
	return nil
}
