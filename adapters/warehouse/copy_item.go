package warehouse

import "strings"

// item reads one expression: [alias.]$1 with members and a cast, or anything
// else, of which only the text is kept.
func (r *copyReader) item(tokens []copyToken) Item {
	if len(tokens) == 0 {
		return Item{}
	}
	x := Item{Text: r.text[tokens[0].start:tokens[len(tokens)-1].end]}
	in := copyReader{text: r.text, tokens: tokens}
	if len(tokens) > 2 && tokens[1].is(".") {
		in.at = 2
	}
	if !in.take("$1") {
		return x
	}
	path, ok := in.members()
	if !ok {
		return x
	}
	cast := ""
	if in.take(":", ":") {
		cast = strings.ToUpper(in.peek().text)
		in.at++
		if in.take("(") {
			in.skipTo()
			in.take(")")
		}
	}
	in.take("AS")
	if _, named := in.peek().identifier(); named {
		in.at++
	}
	if in.at < len(tokens) {
		return x // more than a member and a cast
	}
	x.Row, x.Path, x.Type = len(path) == 0, path, cast
	return x
}

// members reads :name, .name and ['name'], as many as there are.
func (r *copyReader) members() (path []string, ok bool) {
	for {
		switch {
		case r.take("["):
			name := r.peek()
			r.at++
			if name.kind != copyString || !r.take("]") {
				return nil, false
			}
			path = append(path, name.text)
		case r.member(len(path) > 0):
			path = append(path, r.tokens[r.at-1].text)
		default:
			return path, true
		}
	}
}

// member passes over :name, or .name behind another one. Unlike a column's, the
// name of a member is never folded.
func (r *copyReader) member(inside bool) bool {
	from := r.at
	if r.take(":") && !r.peek().is(":") || inside && r.take(".") {
		if t := r.peek(); t.kind == copyWord || t.kind == copyQuoted {
			r.at++
			return true
		}
	}
	r.at = from
	return false
}
