//go:build mutants

package mutant

import (
	"os"
	"slices"
)

// Env names the mutant that a process is.
const Env = "KINESNOW_MUTANT"

var chosen = os.Getenv(Env) // once: a process is one mutant for all its life

// On reports whether this process is one of some mutants.
func On(names ...string) bool { return chosen != "" && slices.Contains(names, chosen) }
