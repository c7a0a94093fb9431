package rows

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// MaxKeys is how many keys an object may have that could each become a column.
// With client-side evolution a record with more of them is unusable: it would
// alter the table out of all proportion.
const MaxKeys = 2000

// maxNames is how many names a count of ignored keys carries from one block.
const maxNames = 100

// watch compares the keys of rows with a table's columns while they are read.
// The scan knows which spelling a key has, and what is to be done with each
// spelling is looked up once.
type watch struct {
	known   *messages.KnownColumns
	evolves bool // keys get columns: collect all of them, and send as text what no column takes as it is

	columns  *messages.Columns // of this record; the rest is made for them
	care     []care            // by column
	required []int
	metadata bool    // there is a column for it
	age      uint32  // of the spellings
	spelt    []care  // by spelling; what the scan asks
	keyed    []keyed // by spelling

	keys    int   // of the row at hand
	most    int   // of any row of the record
	row     int64 // counts rows
	brought []int64
	found   []found // of the record at hand
	lacking []int
	quotes  []span
	seen    []sighting

	out *messages.Unmatched // of the records since take
	at  map[string]int      // places in out.Keys
}

// care is why a value is looked at. 0 = not looked up yet.
type care uint8

const (
	careRequired care = 1 << iota
	careText
	careInteger
	careMissing // it has no column
	careNot
)

// keyed is a spelling and its column, -1 for none.
type keyed struct {
	name  string
	at    int
	in    *messages.Unmatched // where its values were counted last
	place int                 // in the Keys of that; -1 = there was no room
}

// found is a member that has to be looked at once the payload is proven.
type found struct {
	name     string
	spelling uint32 // 0 = it is not kept
	value    int    // where it begins
	at       int    // column; -1 = none
}

type span struct{ from, to int }

// sighting is a value without a column.
type sighting struct {
	name string
	messages.KeySeen
}

// Evolving makes the renderer collect the keys that the table has no column
// for, and the required columns that rows lack, for client-side evolution. A
// record whose keys can be no columns is unusable then; a number that no column
// holds exactly, and an object or array where the column is or will be VARCHAR,
// is rendered as text, which is its exact JSON.
func (r *Renderer) Evolving(known *messages.KnownColumns) *Renderer {
	r.watch = &watch{known: known, evolves: true}
	return r
}

// Counting makes the renderer count the values that the table has no column
// for. Rows are as they would be without.
func (r *Renderer) Counting(known *messages.KnownColumns) *Renderer {
	r.watch = &watch{known: known}
	return r
}

// Unmatched returns what was seen since it was asked last, nil where nothing
// was. It is the caller's.
func (r *Renderer) Unmatched() *messages.Unmatched {
	if r.watch == nil {
		return nil
	}
	out := r.watch.out
	r.watch.out = nil
	return out
}

// nothing is the columns of a table of which nothing is known yet.
var nothing = messages.NewColumns(nil, false)

// begin prepares for one record. It returns nil where nobody wants to know.
func (w *watch) begin() *watch {
	columns := w.known.Load()
	switch {
	case columns == nil && !w.evolves:
		return nil
	case columns == nil:
		columns = nothing
	}
	if columns != w.columns {
		w.learn(columns)
	}
	w.forget()
	return w
}

// forget lets go of what was found, because the payload is read from its
// beginning.
func (w *watch) forget() {
	w.most = 0
	w.found, w.lacking, w.quotes, w.seen = w.found[:0], w.lacking[:0], w.quotes[:0], w.seen[:0]
}

// learn starts over with other columns.
func (w *watch) learn(columns *messages.Columns) {
	list := columns.List()
	w.columns, w.care, w.brought = columns, make([]care, len(list)), make([]int64, len(list))
	w.spelt, w.keyed, w.required = nil, nil, nil
	for _, i := range columns.Required() {
		if w.evolves && !strings.EqualFold(list[i].Name, Column) {
			w.care[i], w.required = careRequired, append(w.required, i)
		}
	}
	for i := range list {
		switch {
		case !w.evolves:
		case list[i].Text():
			w.care[i] |= careText
		case list[i].Integer():
			w.care[i] |= careInteger
		}
	}
	w.metadata = columns.Find(Column) >= 0
}

// object reads one object that becomes a row; see scan.object.
func (w *watch) object(s *scan, b []byte, i int) int {
	if w.age != s.names.age {
		w.age, w.spelt, w.keyed = s.names.age, nil, nil
	}
	w.keys = 0
	w.row++
	end := s.object(b, i)
	w.most = max(w.most, w.keys)
	for _, i := range w.required {
		if w.brought[i] != w.row {
			w.lacking = append(w.lacking, i)
		}
	}
	return end
}

// key takes the key b[from:to] of the row at hand, 0 where its spelling is not
// kept. The scan leaves out those that are careNot.
func (w *watch) key(b []byte, spelling uint32, from, to int) {
	why, key := w.find(spelling, b[from:to])
	if why == careNot {
		return
	}
	value := blank(b, to+1)
	if b[value] != ':' {
		return // no JSON: the scan finds that out
	}
	value = blank(b, value+1)
	first := b[value]
	if why == careMissing {
		if w.evolves || first != 'n' { // a column that is not there is NULL, too
			w.found = append(w.found, found{key.name, spelling, value, key.at})
		}
		return
	}
	if why&careRequired != 0 && (first != 'n' || w.columns.List()[key.at].Variant()) {
		w.brought[key.at] = w.row
	}
	if why&careInteger != 0 && (first == '-' || isDigit(first)) {
		if end := digits(b, value+1); b[end] == '.' || b[end]|0x20 == 'e' {
			w.found = append(w.found, found{"", spelling, value, key.at})
		}
	}
	if why&careText != 0 && first != '"' && first != 'n' && first != 't' && first != 'f' {
		w.found = append(w.found, found{"", spelling, value, key.at})
	}
}

// find says what is to be done with a key.
func (w *watch) find(spelling uint32, name []byte) (care, keyed) {
	i := int(spelling)
	if i < len(w.spelt) && w.spelt[i] != 0 {
		return w.spelt[i], w.keyed[i]
	}
	key := keyed{name: plainText(name)}
	key.at = w.columns.Find(key.name)
	why := careMissing
	if key.at >= 0 {
		why = cmp.Or(w.care[key.at], careNot)
	}
	if i > 0 {
		if more := i + 1 - len(w.spelt); more > 0 {
			w.spelt, w.keyed = append(w.spelt, make([]care, more)...), append(w.keyed, make([]keyed, more)...)
		}
		w.spelt[i], w.keyed[i] = why, key
	}
	return why, key
}

// plainText is a key as it reads, without escapes.
func plainText(key []byte) string {
	text := string(key)
	if strings.IndexByte(text, '\\') >= 0 {
		_ = json.Unmarshal([]byte(`"`+text+`"`), &text) // the scan has read it already
	}
	return text
}
