package localdynamo

// resolveUpdate resolves and checks an update's actions.
func (s *scope) resolveUpdate(u *update) error {
	check := checker{labelUpdate}
	for _, a := range u.actions {
		if a.value != nil {
			if err := check.updateFunctions(a.value, false); err != nil {
				return err
			}
		}
	}
	for _, a := range u.actions {
		if err := s.resolvePath(labelUpdate, a.path); err != nil {
			return err
		}
		if a.value == nil {
			continue
		}
		if err := s.resolveOperand(labelUpdate, a.value); err != nil {
			return err
		}
		if err := check.assigned(a); err != nil {
			return err
		}
	}
	return checkClashes(labelUpdate, u.paths())
}

// updateFunctions checks that each function exists and stands where it may:
// list_append only as a whole value, if_not_exists anywhere.
func (c checker) updateFunctions(o *operand, inner bool) error {
	if o.function != "" {
		if err := c.arity(o.function, o.args); err != nil {
			return err
		}
		switch {
		case o.function != "if_not_exists" && o.function != "list_append":
			return c.refuse("The function is not allowed in an update expression; function: %s", o.function)
		case o.function == "list_append" && inner:
			return c.misplaced(o.function)
		case o.function == "if_not_exists" && o.args[0].path == nil:
			return c.refuse("Operator or function requires a document path; operator or function: %s", o.function)
		}
	}
	for _, arg := range o.args {
		if err := c.updateFunctions(arg, true); err != nil {
			return err
		}
	}
	return nil
}

// assigned checks the given values of one action against its operator.
func (c checker) assigned(a updateAction) error {
	switch k := a.value.value.kind; a.section {
	case "ADD":
		if k != kindNumber && !k.isSet() {
			return c.wrongSet("ADD", k)
		}
	case "DELETE":
		if !k.isSet() {
			return c.wrongSet("DELETE", k)
		}
	}
	return c.operandTypes(a.value)
}

func (c checker) wrongSet(operator string, k kind) error {
	return c.refuse("Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: ALLOWED_FOR_%s_OPERAND", operator, longNames[k], operator)
}

func (c checker) operandTypes(o *operand) error {
	for _, arg := range o.args {
		k := arg.value.kind
		switch {
		case k == "":
		case o.sign != "" && k != kindNumber:
			return c.wrongType(o.sign, k)
		case o.function == "list_append" && k != kindList:
			return c.wrongType(o.function, k)
		}
		if err := c.operandTypes(arg); err != nil {
			return err
		}
	}
	return nil
}
