package doctor

import (
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// State of a finding.
type State string

// The states.
const (
	OK       State = "ok"
	Missing  State = "missing"  // the connector cannot work, or not rightly
	Untested State = "untested" // it was not asked; the text says why
	Warn     State = "warn"     // it works, and somebody should know
)

// Area is where a finding belongs.
type Area string

// The areas, in the order in which they are reported.
const (
	Clock     Area = "clock"
	AWS       Area = "AWS"
	Stream    Area = "stream"
	Leases    Area = "leases"
	Snowflake Area = "Snowflake"
	Target    Area = "table"
	Channels  Area = "channels"
	Settings  Area = "config"
	Machine   Area = "machine"
)

// Finding is one thing that was looked at.
type Finding struct {
	State State  `json:"state"`
	Area  Area   `json:"area"`
	Check string `json:"check"` // stable name of what was looked at
	Text  string `json:"text"`
	Todo  string `json:"todo,omitempty"` // the way out, in words
	// Actions are those of IAM that the finding is about.
	Actions []string `json:"actions,omitempty"`
	// SQL is the way out, to paste.
	SQL []string `json:"sql,omitempty"`

	iam  []setup.Statement // the way out at AWS
	exit int               // exit code that goes before "findings"; 0 = none
}

// findings is what a check collects.
type findings struct {
	area  Area
	check string
	all   []Finding
}

// add notes a finding and returns it, to be completed.
func (fs *findings) add(state State, format string, args ...any) *Finding {
	fs.all = append(fs.all, Finding{State: state, Area: fs.area, Check: fs.check, Text: fmt.Sprintf(format, args...)})
	return &fs.all[len(fs.all)-1]
}

func (f *Finding) todo(format string, args ...any) *Finding {
	f.Todo = fmt.Sprintf(format, args...)
	return f
}

func (f *Finding) sql(statements ...string) *Finding {
	f.SQL = append(f.SQL, statements...)
	return f
}

func (f *Finding) code(exit int) *Finding {
	f.exit = exit
	return f
}

// maxText bounds what is quoted of somebody's message, in bytes.
const maxText = 240

// words is an error on one short line.
func words(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return text
}
