package rows

import "slices"

// Again appends a record's rows that were rendered before, for a table of which
// nothing was known. Where the renderer is Evolving it looks at them as Render
// does at a payload: Unmatched tells of them, and what no column takes as it is
// becomes text. Else they are as they were.
//
// The error is an *Unusable: dst is as it was then.
func (r *Renderer) Again(dst, rendered []byte) ([]byte, error) {
	if r.watch == nil || !r.watch.evolves {
		return append(dst, rendered...), nil
	}
	w := r.watch.begin()
	s := scan{size: len(rendered), names: &r.names, watch: w}
	r.names.begin(s.size)
	count := s.objects(slices.Concat(rendered, sentinel[:]))
	if count < 0 {
		return dst, s.unusable()
	}
	if u := w.proven(rendered); u != nil {
		return dst, u
	}
	w.keep(count)
	return w.quote(dst, rendered), nil
}

// quote appends a payload in which the values that were found to need it are
// text.
func (w *watch) quote(dst, payload []byte) []byte {
	from := 0
	for _, q := range w.quotes {
		dst = append(append(dst, payload[from:q.from]...), '"')
		dst = append(appendEscaped(dst, payload[q.from:q.to]), '"')
		from = q.to
	}
	return append(dst, payload[from:]...)
}
