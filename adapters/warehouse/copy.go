package warehouse

import "strings"

// MetadataKey is the key that a row carries its record's metadata under, and
// the column that a table keeps it in.
const MetadataKey = "KINESISMETADATA"

// Copy is what a pipe's COPY statement says, as far as it could be read: what is
// not understood is Unknown, and never a guess.
type Copy struct {
	Into      []string // the table's name, one to three exact parts; nil = unknown
	Columns   []string // exact, where the statement lists them
	Streaming Answer   // it reads TABLE(DATA_SOURCE(TYPE => 'STREAMING'))
	ByName    Answer   // MATCH_BY_COLUMN_NAME
	Filters   Answer   // WHERE: it leaves rows out
	Items     []Item   // of its SELECT; nil where there is none, or it could not be read
}

// Item is one expression of a pipe's SELECT.
type Item struct {
	Text string
	Row  bool     // it is the whole row, $1
	Path []string // or a member of it: $1:a:b; nil where it is anything else
	Type string   // that it is cast to, in upper case; "" = none
}

// Table is the name of the table that it writes into; "" where it is unknown.
func (c *Copy) Table() string {
	if len(c.Into) == 0 {
		return ""
	}
	return c.Into[len(c.Into)-1]
}

// ParseCopy reads the definition of a pipe.
func ParseCopy(text string) Copy {
	r := copyReader{tokens: scanCopy(text), text: text}
	return r.statement()
}

// copyReader walks through a statement's tokens.
type copyReader struct {
	text   string
	tokens []copyToken
	at     int
}

func (r *copyReader) peek() copyToken {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return copyToken{}
}

// take passes over words and signs if they come next.
func (r *copyReader) take(words ...string) bool {
	if len(r.tokens)-r.at < len(words) {
		return false
	}
	for i, word := range words {
		if !r.tokens[r.at+i].is(word) {
			return false
		}
	}
	r.at += len(words)
	return true
}

// source is TABLE(DATA_SOURCE(TYPE => 'STREAMING')).
func (r *copyReader) source() Answer {
	if !r.take("TABLE", "(", "DATA_SOURCE", "(", "TYPE", "=", ">") {
		if strings.HasPrefix(r.peek().text, "@") { // files of a stage
			return No
		}
		return Unknown
	}
	kind := r.peek()
	r.at++
	if kind.kind != copyString || !r.take(")", ")") {
		return Unknown
	}
	return answer(strings.EqualFold(kind.text, "STREAMING"))
}

func (r *copyReader) statement() (c Copy) {
	if !r.take("COPY", "INTO") {
		return c
	}
	r.take("TABLE")
	c.Into = r.name()
	if c.Into == nil {
		return c
	}
	if r.take("(") {
		if c.Columns = r.names(); c.Columns == nil {
			return c
		}
	}
	if !r.take("FROM") {
		return c
	}
	inner := r.take("(")
	if r.take("SELECT") {
		c.Items, c.Streaming, c.Filters = r.query()
	} else {
		c.Streaming, c.Filters = r.source(), No
	}
	switch {
	case c.Streaming == Unknown, inner && !r.take(")"):
		c.Filters = Unknown
		return c
	}
	c.ByName = r.byName()
	return c
}

// byName reads what follows the source.
func (r *copyReader) byName() Answer {
	for r.at < len(r.tokens) {
		if r.take("MATCH_BY_COLUMN_NAME", "=") {
			return answer(r.peek().is("CASE_INSENSITIVE") || r.peek().is("CASE_SENSITIVE"))
		}
		r.at++
	}
	return No
}

// name is a dotted name; nil where there is none.
func (r *copyReader) name() (parts []string) {
	for {
		part, ok := r.peek().identifier()
		if !ok {
			return nil
		}
		r.at++
		if parts = append(parts, part); !r.take(".") {
			return parts
		}
	}
}

// names is a list of names up to its closing parenthesis.
func (r *copyReader) names() (list []string) {
	for {
		name, ok := r.peek().identifier()
		if !ok {
			return nil
		}
		r.at++
		list = append(list, name)
		switch {
		case r.take(","):
		case r.take(")"):
			return list
		default:
			return nil
		}
	}
}

// query is what follows SELECT, up to the end of the query.
func (r *copyReader) query() (items []Item, streaming, filters Answer) {
	for {
		first := r.at
		r.skipTo(",", "FROM")
		items = append(items, r.item(r.tokens[first:r.at]))
		if r.take(",") {
			continue
		}
		if !r.take("FROM") {
			return nil, Unknown, Unknown
		}
		break
	}
	if streaming = r.source(); streaming == Unknown {
		return nil, Unknown, Unknown
	}
	r.take("AS")
	if _, ok := r.peek().identifier(); ok && !r.peek().is("WHERE") {
		r.at++ // an alias
	}
	filters = answer(r.take("WHERE"))
	if filters == Yes {
		r.skipTo()
	}
	return items, streaming, filters
}

// skipTo passes over what is before one of some words, or before the end of
// the parentheses that it is in.
func (r *copyReader) skipTo(words ...string) {
	for depth := 0; r.at < len(r.tokens); r.at++ {
		t := r.tokens[r.at]
		switch {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			if depth--; depth < 0 {
				return
			}
		case depth == 0:
			for _, word := range words {
				if t.is(word) {
					return
				}
			}
		}
	}
}
