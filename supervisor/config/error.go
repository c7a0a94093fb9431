package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is everything wrong with a configuration. The process answers it with
// exit code 78. No text in it holds a secret.
type Error struct {
	File     string    // as given to Load; empty for a Config checked on its own
	Problems []Problem // by line, column and key; at least one
}

// Problem is one thing to put right.
type Problem struct {
	Line, Column int    // from 1; 0 where there is no file, or it could not be read
	Key          string // dotted, such as connectors.orders.kinesis.stream; may be empty
	Text         string // what is wrong and the way out
}

// Error has one line for each problem: file:line:column: key: text.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = e.place(p) + p.String()
	}
	return strings.Join(lines, "\n")
}

func (e *Error) place(p Problem) string {
	switch {
	case e.File == "":
		return ""
	case p.Line == 0:
		return e.File + ": "
	default:
		return fmt.Sprintf("%s:%d:%d: ", e.File, p.Line, p.Column)
	}
}

// String is key: text, without the place.
func (p Problem) String() string {
	if p.Key == "" {
		return p.Text
	}
	return p.Key + ": " + p.Text
}

// newError sorts the problems by place; nil when there is none.
func newError(file string, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	problems = slices.Clone(problems)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
	return &Error{File: file, Problems: problems}
}
