package sql

import (
	"strings"
	"testing"
)

// broken is a Results that panics.
type broken struct{}

func (broken) Result(*Session, string) (*Result, bool) { panic("a secret of the house") }
func (broken) Cancel(*Session, string) bool            { return false }

// TestAnIncidentTellsTheServerMoreThanTheClient breaks a statement from inside.
func TestAnIncidentTellsTheServerMoreThanTheClient(t *testing.T) {
	d := newDesk(t)
	var told []error
	d.Results, d.Trouble = broken{}, func(err error) { told = append(told, err) }
	const scan = "SELECT * FROM TABLE(RESULT_SCAN('x'))"
	_, err := d.Execute(t.Context(), d.session, scan, Bindings{})
	if e := AsError(err); e.Code != 603 || e.SQLState != "XX000" || !strings.Contains(e.Message, "; incident ") ||
		strings.ContainsAny(e.Message, "\n") || strings.Contains(e.Message, "secret") || strings.Contains(e.Message, "goroutine") {
		t.Errorf("the client is told %v", err)
	}
	if len(told) != 1 || !strings.Contains(told[0].Error(), "a secret of the house") || !strings.Contains(told[0].Error(), "incident_test.go") {
		t.Errorf("the server is told %v", told)
	}
	d.Trouble = nil
	d.fails(scan, 603, "incident")
}
