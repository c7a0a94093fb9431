package messages

import (
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
)

// Column is one column of a target table, as far as streaming rows into it is
// concerned.
type Column struct {
	Name     string // exact
	Type     string // as DESC TABLE shows it, such as NUMBER(38,0)
	Required bool   // NOT NULL, and nothing fills it in: a row has to bring a value
}

// Text reports whether the column is a VARCHAR, whatever its length.
func (c *Column) Text() bool {
	name, _, _ := strings.Cut(c.Type, "(")
	switch strings.ToUpper(strings.TrimSpace(name)) {
	case "VARCHAR", "TEXT", "STRING":
		return true
	}
	return false
}

// Variant reports whether the column holds JSON of any kind.
func (c *Column) Variant() bool { return strings.EqualFold(c.Type, "VARIANT") }

// Integer reports whether the column is a NUMBER without places behind the
// point: Snowflake would round what has some.
func (c *Column) Integer() bool {
	name, arguments, _ := strings.Cut(strings.TrimSuffix(c.Type, ")"), "(")
	_, scale, _ := strings.Cut(arguments, ",")
	return strings.EqualFold(name, "NUMBER") && strings.TrimSpace(scale) == "0"
}

// Columns are a table's columns at one time, as keys of rows are matched with
// them: the exact name first, then the one that differs only in case (Snowpipe
// Streaming, column matching). They never change once they are made.
type Columns struct {
	list     []Column
	exact    map[string]int
	folded   map[string]int
	required []int
	nested   bool
}

// NewColumns prepares the matching. nested says that a new column may hold
// objects and arrays (VARIANT): a standard table, or an Iceberg table of version 3.
func NewColumns(list []Column, nested bool) *Columns {
	c := &Columns{list: list, exact: make(map[string]int, len(list)), folded: make(map[string]int, len(list)), nested: nested}
	for i := range list {
		c.exact[list[i].Name] = i
		if _, taken := c.folded[FoldName(list[i].Name)]; !taken {
			c.folded[FoldName(list[i].Name)] = i
		}
		if list[i].Required {
			c.required = append(c.required, i)
		}
	}
	return c
}

// FoldName is the form in which names that differ only in case are the same:
// upper case, that of unquoted identifiers. A new column gets it as its name.
func FoldName(key string) string { return strings.ToUpper(key) }

// MaxColumnName is how many characters an identifier may have
// (docs.snowflake.com/sql-reference/identifiers).
const MaxColumnName = 255

// ColumnName is the name of the column that a key gets: in upper case, as
// server-side evolution names it. ok is false where the key can be none: it is
// empty, longer than MaxColumnName, or has a control character.
func ColumnName(key string) (name string, ok bool) {
	name = FoldName(key)
	ok = name != "" && utf8.ValidString(key) && utf8.RuneCountInString(name) <= MaxColumnName && !strings.ContainsFunc(name, unicode.IsControl)
	return name, ok
}

// List is the columns in the table's order. It is not to be changed.
func (c *Columns) List() []Column { return c.list }

// Required are the places in List of the columns that a row has to bring.
func (c *Columns) Required() []int { return c.required }

// Nested reports whether a new column may be a VARIANT.
func (c *Columns) Nested() bool { return c.nested }

// Find returns the place in List of the column that a key is matched with, or -1.
func (c *Columns) Find(key string) int {
	if i, ok := c.exact[key]; ok {
		return i
	}
	if i, ok := c.folded[FoldName(key)]; ok {
		return i
	}
	return -1
}

// Covers reports whether the rows of which u was seen lose nothing: each of its
// keys has a column, and no column of those that they lack is required. A key
// with nothing but nulls needs no column.
func (c *Columns) Covers(u *Unmatched) bool {
	if u == nil {
		return true
	}
	for i := range u.Keys {
		if u.Keys[i].Kinds&^NullValue != 0 && c.Find(u.Keys[i].Name) < 0 {
			return false
		}
	}
	for _, name := range u.Lacking {
		if i, ok := c.exact[name]; ok && c.list[i].Required {
			return false
		}
	}
	return true
}

// Distorts reports whether rows that were rendered when some of their keys had
// no column may be changed by the columns that those have by now: a fraction
// would be rounded, an object turned into text by whatever rule.
func (c *Columns) Distorts(u *Unmatched) bool {
	if u == nil {
		return false
	}
	for i := range u.Keys {
		k := &u.Keys[i]
		at := c.Find(k.Name)
		if at >= 0 && (k.Kinds&FractionValue != 0 && c.list[at].Integer() || k.Kinds&NestedValue != 0 && c.list[at].Text()) {
			return true
		}
	}
	return false
}

// Missing are the names of columns that c has and later has not; nil where c is
// nil.
func (c *Columns) Missing(later *Columns) (names []string) {
	if c == nil {
		return nil
	}
	for i := range c.list {
		if _, there := later.exact[c.list[i].Name]; !there {
			names = append(names, c.list[i].Name)
		}
	}
	return names
}

// KnownColumns is what a connector knows of its table: Schema stores it, the
// readers of all shards and their channels load it. The zero value knows nothing.
type KnownColumns struct {
	at    atomic.Pointer[Columns]
	asked atomic.Pointer[time.Time]
}

// Load returns what is known, nil while nothing is.
func (k *KnownColumns) Load() *Columns { return k.at.Load() }

// Store replaces what is known.
func (k *KnownColumns) Store(c *Columns) { k.at.Store(c) }

// Asked returns when it was asked for what is known, zero where that was not
// noted.
func (k *KnownColumns) Asked() (at time.Time) {
	if t := k.asked.Load(); t != nil {
		at = *t
	}
	return at
}

// NoteAsked notes it.
func (k *KnownColumns) NoteAsked(at time.Time) { k.asked.Store(&at) }
