package judge

import _ "embed"

// FindingPython goes in front of a judge in Python: operations, and how they
// are told.
//
//go:embed finding.py
var FindingPython string
