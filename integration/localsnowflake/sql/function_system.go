package sql

import "strconv"

var systemFunctions = map[string]function{
	"SYSTEM$CANCEL_QUERY":       {1, 1, cancelQuery},
	"SYSTEM$PIPE_STATUS":        {1, 1, pipeStatus},
	"CURRENT_TRANSACTION":       {0, 0, currentTransaction},
	"CURRENT_SCHEMAS":           {0, 0, currentSchemas},
	"CURRENT_ORGANIZATION_NAME": inSession(func(*Session) string { return "LOCAL" }),
	"CURRENT_IP_ADDRESS":        inSession(func(*Session) string { return "127.0.0.1" }),
	"GETVARIABLE":               {1, 1, getVariable},
	"IS_ROLE_IN_SESSION":        {1, 1, roleInSession},
}

// cancelQuery ends a running statement of the same user.
func cancelQuery(s *scope, args []compiled) (compiled, error) {
	id, err := s.as(args[0], textType)
	if err != nil {
		return compiled{}, err
	}
	return strict(textType, func(v []Value) (Value, error) {
		text := v[0].(string)
		if s.env.engine.Results == nil || !s.env.engine.Results.Cancel(s.env.session, text) {
			return "Identified SQL statement is not currently executing.", nil
		}
		return "query [" + text + "] terminated.", nil
	}, id), nil
}

// pipeStatus is for streaming pipes, which always run.
func pipeStatus(s *scope, args []compiled) (compiled, error) {
	name, err := s.as(args[0], textType)
	if err != nil {
		return compiled{}, err
	}
	return strict(textType, func(v []Value) (Value, error) {
		if _, err := s.env.findPipe(objectName{dynamic: &literal{value: v[0], typ: textType}}); err != nil {
			return nil, err
		}
		return `{"executionState":"RUNNING"}`, nil
	}, name), nil
}

func currentTransaction(s *scope, _ []compiled) (compiled, error) {
	var id Value
	if t := s.env.session.transaction(); t != nil {
		id = strconv.FormatInt(t.id, 10)
	}
	return compiled{typ: textType, nullable: true, eval: func(*frame) (Value, error) { return id, nil }}, nil
}

func currentSchemas(s *scope, _ []compiled) (compiled, error) {
	var list []JSON
	if session := s.env.session; session.Database != "" && session.Schema != "" {
		list = append(list, quoteJSON(quoteParts([]string{session.Database, session.Schema})))
	}
	text := string(makeArray(list))
	return compiled{typ: textType, eval: func(*frame) (Value, error) { return text, nil }}, nil
}

func getVariable(s *scope, args []compiled) (compiled, error) {
	name, err := s.as(args[0], textType)
	if err != nil {
		return compiled{}, err
	}
	c := strict(textType, func(v []Value) (Value, error) {
		held, ok := s.env.session.variable(v[0].(string))
		if !ok {
			return nil, nil
		}
		return asText(held.value, held.typ, s.env.zone), nil
	}, name)
	c.nullable = true
	return c, nil
}

func roleInSession(s *scope, args []compiled) (compiled, error) {
	name, err := s.as(args[0], textType)
	if err != nil {
		return compiled{}, err
	}
	return strict(booleanType, func(v []Value) (Value, error) {
		return s.env.engine.Catalog.Inherits(s.env.session.Role, v[0].(string)), nil
	}, name), nil
}
