package config

import (
	"regexp"
	"strings"
)

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// resolver replaces references in the scalars of a document:
//
//	${VAR}           the variable, which must be set (it may be empty)
//	${VAR:default}   the same, or the default when it is not set
//	${file:PATH}     the file's text without the line ends at its end
//	$${              the two characters ${
type resolver struct {
	env    func(string) (string, bool)
	read   func(path string) ([]byte, error) // relative paths are the file's neighbours
	report func(at mark, key, text string)
}

// resolve walks the node and everything below it.
func (r *resolver) resolve(n *node, key string) {
	for _, e := range n.entries {
		r.resolve(e.value, join(key, e.key))
	}
	for _, item := range n.items {
		r.resolve(item, key)
	}
	if n.kind != scalar || !strings.Contains(n.text, "${") {
		return
	}
	n.referenced = true
	var out strings.Builder
	var pieces []piece
	fromFile := false
	for rest := n.text; ; {
		before, after, found := strings.Cut(rest, "${")
		if !found {
			out.WriteString(rest)
			pieces = append(pieces, piece{text: rest})
			break
		}
		if strings.HasSuffix(before, "$") {
			out.WriteString(before + "{")
			pieces = append(pieces, piece{text: before + "{"})
			rest = after
			continue
		}
		out.WriteString(before)
		pieces = append(pieces, piece{text: before})
		body, tail, closed := strings.Cut(after, "}")
		if !closed || strings.Contains(body, "${") {
			r.fail(n, key, "a reference is not closed with }; references do not nest, and $${ stands for the text ${")
			return
		}
		text, ok := r.reference(n, key, body)
		if !ok {
			return
		}
		out.WriteString(text)
		if path, is := strings.CutPrefix(body, "file:"); is {
			pieces, fromFile = append(pieces, piece{path: path}), true
		} else {
			pieces = append(pieces, piece{text: text})
		}
		rest = tail
	}
	n.text = out.String()
	if fromFile {
		n.reference = pieces
	}
}

// reference resolves what stands between ${ and }.
func (r *resolver) reference(n *node, key, body string) (string, bool) {
	name, fallback, hasFallback := strings.Cut(body, ":")
	if without, isLater := laterReferences[name]; isLater && hasFallback {
		return r.fail(n, key, "${"+name+":...} comes with a later version; "+without)
	}
	if name == "file" && hasFallback {
		return r.file(n, key, fallback)
	}
	if !variable.MatchString(name) {
		return r.fail(n, key, "a reference is ${VAR}, ${VAR:default} or ${file:PATH}; $${ stands for the text ${")
	}
	if strings.HasPrefix(fallback, "-") {
		return r.fail(n, key, "the default of ${"+name+"} follows a colon alone: ${"+name+":default}, not :-")
	}
	text, set := r.env(name)
	switch {
	case set:
		n.sources = append(n.sources, "env "+name)
		return text, true
	case hasFallback:
		return fallback, true
	}
	return r.fail(n, key, "the variable "+name+" is not set; set it, or write ${"+name+":default}")
}

func (r *resolver) file(n *node, key, path string) (string, bool) {
	if path == "" {
		return r.fail(n, key, "${file:} needs a path")
	}
	text, err := r.read(path)
	if err != nil {
		return r.fail(n, key, "${file:"+path+"} cannot be read: "+reason(err))
	}
	n.sources = append(n.sources, "file "+path)
	return lineOf(text), true
}

func (r *resolver) fail(n *node, key, text string) (string, bool) {
	n.broken = true
	r.report(n.at, key, text)
	return "", false
}
