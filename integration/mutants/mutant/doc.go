// Package mutant is the switch that mutated code asks (integration/mutants). It
// is empty without the build tag "mutants", so that no ordinary build can hold
// a mutant.
package mutant
