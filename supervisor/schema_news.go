package supervisor

import (
	"slices"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// schemaNews takes what is told of the table's columns.
func (k *connector) schemaNews(c actor.Context, news any) {
	switch m := news.(type) {
	case *messages.TableAltered:
		k.schema.Changes, k.schema.Last = k.schema.Changes+1, m.Event.Statement
		k.record(c, m.Event)
	case *messages.TableShrunk:
		e := m.Event
		k.schema.Gone = &messages.GoneColumns{Columns: e.Columns, Since: e.Since, At: e.At}
		k.record(c, e)
	case *messages.SchemaTrouble:
		k.schema.Error, k.schema.Hint = firstLine(m.Why), m.Hint
	case *messages.KeysCounted:
		k.ignored.Values, k.ignored.Keys, k.ignored.Unknown = k.ignored.Values+m.Values, k.ignored.Keys+len(m.Names), firstLine(m.Unknown)
		if room := messages.MaxIgnoredNames - len(k.ignored.Names); room > 0 {
			k.ignored.Names = append(k.ignored.Names, m.Names[:min(room, len(m.Names))]...)
		}
	}
	k.publish(c)
}

// schemaState adds what is known of the columns to a state.
func (k *connector) schemaState(s *messages.State) {
	w := k.plant.columns
	if w == nil {
		return
	}
	if w.evolves {
		schema := k.schema
		s.Schema = &schema
		return
	}
	if k.ignored.Values > 0 || k.ignored.Unknown != "" {
		ignored := k.ignored
		ignored.Names = slices.Clone(ignored.Names)
		s.Ignored = &ignored
	}
}
