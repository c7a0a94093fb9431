package rows

import (
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// quoted renders a payload anew in which some values are text.
func (r *Renderer) quoted(dst []byte, start int, s *scan, mark *messages.Mark, key []byte) ([]byte, int, error) {
	payload := dst[start : start+s.size]
	text := s.watch.quote(make([]byte, 0, 2*len(payload)), payload)
	return r.render(append(dst[:start], text...), start, mark, key, nil)
}

// keep adds what was seen of a record that became rows.
func (w *watch) keep(rows int) {
	if !w.metadata {
		w.note(Column, messages.KeySeen{Kinds: messages.NestedValue, Count: int64(rows)})
	}
	for i := range w.seen {
		w.note(w.seen[i].name, w.seen[i].KeySeen)
	}
	if !w.evolves {
		return
	}
	for _, i := range w.lacking {
		w.lack(w.columns.List()[i].Name)
	}
}

func (w *watch) note(name string, seen messages.KeySeen) {
	if seen.Kinds == messages.NullValue {
		return // a column that is not there is NULL, too
	}
	out := w.unmatched()
	out.Values += seen.Count
	if i, ok := w.at[name]; ok {
		out.Keys[i].Add(seen)
		return
	}
	if !w.evolves && len(out.Keys) >= maxNames {
		return
	}
	seen.Name = strings.Clone(name)
	w.at[seen.Name] = len(out.Keys)
	out.Keys = append(out.Keys, seen)
}

func (w *watch) lack(name string) {
	out := w.unmatched()
	for _, known := range out.Lacking {
		if known == name {
			return
		}
	}
	out.Lacking = append(out.Lacking, name)
}

func (w *watch) unmatched() *messages.Unmatched {
	if w.out == nil {
		w.out, w.at = &messages.Unmatched{}, map[string]int{}
	}
	return w.out
}
