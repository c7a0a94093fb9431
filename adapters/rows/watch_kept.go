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
	if !w.evolves {
		for i := range w.found {
			w.count(&w.found[i])
		}
		return
	}
	for i := range w.seen {
		w.note(w.seen[i].name, w.seen[i].KeySeen)
	}
	for _, i := range w.lacking {
		w.lack(w.columns.List()[i].Name)
	}
}

// count adds one value, of whatever kind.
func (w *watch) count(f *found) {
	out := w.unmatched()
	if f.spelling == 0 {
		w.note(f.name, messages.KeySeen{Count: 1})
		return
	}
	k := &w.keyed[f.spelling]
	if k.in != out {
		k.in, k.place = out, w.note(f.name, messages.KeySeen{Count: 1})
		return
	}
	out.Values++
	if k.place >= 0 {
		out.Keys[k.place].Count++
	}
}

// note adds what was seen of a key and returns its place in Keys, or -1.
func (w *watch) note(name string, seen messages.KeySeen) int {
	if seen.Kinds == messages.NullValue {
		return -1 // a column that is not there is NULL, too
	}
	out := w.unmatched()
	out.Values += seen.Count
	i, ok := w.at[name]
	switch {
	case ok:
		out.Keys[i].Add(seen)
		return i
	case !w.evolves && len(out.Keys) >= maxNames:
		return -1
	}
	i = len(out.Keys)
	seen.Name = strings.Clone(name)
	w.at[seen.Name] = i
	out.Keys = append(out.Keys, seen)
	return i
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
