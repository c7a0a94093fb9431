package doctor

import (
	"cmp"
	"slices"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

// The exit codes of a report (contract.md "Verbs"), the most urgent first.
const (
	exitConfig      = 78
	exitRefused     = 77
	exitUnreachable = 69
	exitFindings    = 2
)

// Report is what an examination found. Its JSON is stable.
type Report struct {
	Connector string    `json:"connector"`
	Region    string    `json:"region"`
	Stream    string    `json:"stream"`
	Target    string    `json:"target"`
	Findings  []Finding `json:"findings"`

	// What to paste where something is missing.
	IAM *setup.Policy `json:"iam,omitempty"`
	SQL []string      `json:"sql,omitempty"`

	OK       int `json:"ok"`
	Missing  int `json:"missing"`
	Untested int `json:"untested"`
	Warnings int `json:"warnings"`
	ExitCode int `json:"exitCode"`
}

func newReport(name string, cfg supervisor.Config, all []Finding) *Report {
	s := cfg.Snowflake
	r := &Report{
		Connector: name, Region: cfg.AWS.Region, Stream: cfg.Kinesis.StreamName(),
		Target: s.Database + "." + s.Schema + "." + s.Table, Findings: all,
	}
	for i := range all {
		r.count(&all[i])
	}
	return r
}

func (r *Report) count(f *Finding) {
	switch f.State {
	case OK:
		r.OK++
		return
	case Untested:
		r.Untested++
		return
	case Missing:
		r.Missing++
	case Warn:
		r.Warnings++
	}
	r.ExitCode = Worst(r.ExitCode, cmp.Or(f.exit, exitFindings))
	for _, statement := range f.SQL {
		if !slices.Contains(r.SQL, statement) {
			r.SQL = append(r.SQL, statement)
		}
	}
	for _, s := range f.iam {
		r.allow(s)
	}
}

// allow adds a statement to the policy unless it is there.
func (r *Report) allow(s setup.Statement) {
	if r.IAM == nil {
		r.IAM = &setup.Policy{Version: setup.PolicyVersion}
	}
	if !slices.ContainsFunc(r.IAM.Statement, func(o setup.Statement) bool { return o.Sid == s.Sid }) {
		r.IAM.Statement = append(r.IAM.Statement, s)
	}
}

// Worst is the most urgent of several exit codes.
func Worst(codes ...int) int {
	for _, code := range []int{exitConfig, exitRefused, exitUnreachable, exitFindings} {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return 0
}
