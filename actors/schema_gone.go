package actors

import (
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// lookAgain describes the table where that was not done for a while. A column
// that somebody drops ends no channel: Snowflake goes on taking the rows, and
// drops the values without a word, until readers know that there is no column.
func (s *Schema) lookAgain(c actor.Context) {
	due := columnsFresh - time.Since(s.began)
	if due <= 0 {
		due = columnsFresh
		if !s.busy && s.timer == nil {
			s.looking = true
			s.describe(c)
		}
	}
	s.look = After(c, due, &lookNow{})
}

// shrunk tells of columns that the table had when it was described before, be it
// by an earlier instance, and that the newest description does not show.
func (s *Schema) shrunk(c actor.Context) {
	gone, since := s.Known.Load().Missing(s.target.Columns), s.Known.Asked()
	s.Known.NoteAsked(s.began)
	if gone == nil {
		return
	}
	s.Log.Warn().Str("columns", strings.Join(gone, ", ")).Time("since", since).
		Msg("the table has lost columns: their values in rows that were appended since then may be gone")
	c.Send(s.Connector, &messages.TableShrunk{Event: &messages.ColumnsGone{Table: s.Name, Columns: gone, Since: since.UTC(), At: time.Now().UTC()}})
}
