package sql

import (
	"regexp"
	"regexp/syntax"
)

// Bounds of one statement beside those of its text, so that a short one cannot
// take the process's memory. No statement that means something comes near them.
const (
	// maxCompiled bounds the expressions that are compiled: each takes a byte of
	// the statement, so there are more only where names stand for names again.
	maxCompiled = MaxStatement
	// maxValue bounds a value in bytes, as the service does a VARIANT
	// (docs.snowflake.com/sql-reference/data-types-semistructured).
	maxValue = 128 << 20
	// maxKept bounds the large values of all rows together.
	maxKept = 512 << 20
	large   = 64 << 10
	// maxPattern bounds a regular expression in bytes, maxMatching its states
	// times the bytes that it looks at: a match cannot be canceled.
	maxPattern  = 16 << 10
	maxMatching = 8 << 20
)

// work is what a statement has done so far, its views and subqueries included.
type work struct {
	compiled, steps, kept int
}

// compiling counts an expression.
func (e *environment) compiling() error {
	if e.work.compiled++; e.work.compiled > maxCompiled {
		return compileError(1003, "42000", "maximum number of %d expressions exceeded.", maxCompiled)
	}
	if e.work.compiled%1024 == 0 {
		return e.alive()
	}
	return nil
}

// step counts a row, of whatever relation, and looks now and then whether the
// statement was canceled.
func (e *environment) step() error {
	if e.work.steps++; e.work.steps%1024 == 0 {
		return e.alive()
	}
	return nil
}

// keep counts a value that a row is made of.
func (e *environment) keep(v Value) error {
	size := 0
	switch v := v.(type) {
	case string:
		size = len(v)
	case JSON:
		size = len(v)
	case Bytes:
		size = len(v)
	}
	return e.keepBytes(size)
}

func (e *environment) keepBytes(size int) error {
	if size < large {
		return nil
	}
	if e.work.kept += size; e.work.kept > maxKept {
		return runtimeError(300005, "XX000", "Function evaluation failed: out of memory: the values of one statement exceed %d bytes", maxKept)
	}
	return nil
}

// fits refuses a value of so many bytes before it is made.
func fits(size int) error {
	if size > maxValue {
		return runtimeError(100082, "22000", "Max LOB size (%d) exceeded, actual size of parsed column is %d", maxValue, size)
	}
	return nil
}

// fitsAll is fits of what texts are together, with what is put after each.
func fitsAll[T ~string](texts []T, after int) error {
	size := 0
	for _, text := range texts {
		size += len(text) + after
	}
	return fits(size)
}

// bounded is a regular expression that is not too large.
func bounded(source string) (*regexp.Regexp, error) {
	if len(source) > maxPattern {
		return nil, runtimeError(100048, "2201B", "Invalid regular expression: '%s', it has more than %d bytes", shorten(source), maxPattern)
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, runtimeError(100048, "2201B", "Invalid regular expression: '%s', %s", shorten(source), err)
	}
	return re, nil
}

// matchable refuses a match that would take long.
func matchable(re *regexp.Regexp, text string) error {
	if len(text) <= surely(re) {
		return nil
	}
	most, err := reach(re)
	if err == nil && len(text) > most {
		err = unsupported("a regular expression of so many states on a text of %d bytes", len(text))
	}
	return err
}

// surely is how long a text any expression of that length may look at: {1000}
// makes a thousand states of a character, and each may have two.
func surely(re *regexp.Regexp) int { return maxMatching / 2000 / max(1, len(re.String())) }

// reach is how long a text an expression may look at. It compiles it again.
func reach(re *regexp.Regexp) (int, error) {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return 0, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0, err
	}
	return maxMatching / max(len(program.Inst), 16), nil
}
