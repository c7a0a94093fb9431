package localdynamo

// sections of an UpdateExpression.
var sections = []string{"SET", "REMOVE", "ADD", "DELETE"}

// parseUpdate reads an UpdateExpression and resolves its placeholders.
func parseUpdate(source string, names *scope) (*update, error) {
	p, err := newParser(labelUpdate, source)
	if err != nil {
		return nil, err
	}
	u := &update{}
	repeated := ""
	seen := map[string]bool{}
	for p.peek().kind != tokenEnd || len(seen) == 0 {
		section, err := p.section()
		if err != nil {
			return nil, err
		}
		if seen[section] && repeated == "" {
			repeated = section
		}
		seen[section] = true
		if err := p.sectionActions(u, section); err != nil {
			return nil, err
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	if repeated != "" {
		return nil, p.refuse("The \"%s\" section can only be used once in an update expression;", repeated)
	}
	return u, names.resolveUpdate(u)
}

func (p *parser) section() (string, error) {
	for _, s := range sections {
		if p.takeWord(s) {
			return s, nil
		}
	}
	return "", p.syntaxError()
}

// sectionActions reads the comma-separated actions of one section.
func (p *parser) sectionActions(u *update, section string) error {
	for {
		way, err := p.path()
		if err != nil {
			return err
		}
		a := updateAction{section: section, path: way}
		switch section {
		case "SET":
			if err := p.expect("="); err != nil {
				return err
			}
			if a.value, _, err = p.assigned(); err != nil {
				return err
			}
		case "ADD", "DELETE":
			if p.peek().kind != tokenColon {
				return p.syntaxError()
			}
			a.value = &operand{placeholder: p.next().text}
		}
		u.actions = append(u.actions, a)
		if !p.take(",") {
			return nil
		}
	}
}

// assigned reads the right side of SET: an operand, or two with + or - between.
func (p *parser) assigned() (o *operand, wrapped bool, err error) {
	left, wrapped, err := p.assignedPart()
	if err != nil {
		return nil, false, err
	}
	t := p.peek()
	if left.sign != "" || !t.is("+") && !t.is("-") {
		return left, wrapped, nil
	}
	p.at++
	if err := p.count(); err != nil {
		return nil, false, err
	}
	right, _, err := p.assignedPart()
	if err != nil {
		return nil, false, err
	}
	if right.sign != "" {
		return nil, false, p.syntaxError()
	}
	return &operand{sign: t.text, args: []*operand{left, right}}, false, nil
}

func (p *parser) assignedPart() (o *operand, wrapped bool, err error) {
	if !p.take("(") {
		o, err = p.operand()
		return o, false, err
	}
	o, doubled, err := p.assigned()
	if err != nil {
		return nil, false, err
	}
	p.redundant = p.redundant || doubled
	return o, true, p.expect(")")
}

// parseProjection reads a comma-separated list of paths.
func parseProjection(source string, names *scope) ([]path, error) {
	p, err := newParser(labelProjection, source)
	if err != nil {
		return nil, err
	}
	var paths []path
	for {
		way, err := p.path()
		if err != nil {
			return nil, err
		}
		paths = append(paths, way)
		if !p.take(",") {
			break
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	for _, way := range paths {
		if err := names.resolvePath(labelProjection, way); err != nil {
			return nil, err
		}
	}
	return paths, checkClashes(labelProjection, paths)
}

// paths are the paths the update touches, in its order.
func (u *update) paths() []path {
	paths := make([]path, len(u.actions))
	for i, a := range u.actions {
		paths[i] = a.path
	}
	return paths
}
