package config

// merge lays over onto base: maps by key, the rest replaces. An empty key
// (null) replaces a value, which resets it to the built-in default, and leaves
// a map as it is.
func merge(base, over *node) *node {
	switch {
	case base == nil:
		return over
	case over == nil, base.kind == mapping && over.kind == null:
		return base
	case base.kind != mapping || over.kind != mapping:
		return over
	}
	out := *over
	out.entries = nil
	for _, e := range over.entries {
		if below := base.get(e.key); below != nil {
			e.value = merge(below.value, e.value)
		}
		out.entries = append(out.entries, e)
	}
	for _, e := range base.entries {
		if over.get(e.key) == nil {
			out.entries = append(out.entries, e)
		}
	}
	return &out
}

// markDefaults notes on every node that it stands under defaults:.
func markDefaults(n *node) {
	n.inDefaults = true
	for _, e := range n.entries {
		markDefaults(e.value)
	}
	for _, item := range n.items {
		markDefaults(item)
	}
}
