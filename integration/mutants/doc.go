// Command mutants plants the half-right variants of the protocol that the
// model refutes, and its worse services, into the real code, and has the
// simulation find them (integration/sim). A simulator that misses a wrong
// product proves nothing of a right one.
//
//	go run ./integration/mutants                                  every mutant, within 300 seeds each
//	go run ./integration/mutants -only P7-no-reset -seed 12       one seed of one mutant, and the end of its trace
//	go run ./integration/mutants -all                             how many of 1,000 seeds catch each
//	go run ./integration/mutants -list                            what they are
//
// A mutant is a file in catalogue: what it breaks, and a few lines to change.
// No product file holds any of it. The changed files are written to a folder of
// their own, all mutants in them at once, and one test binary of integration/sim
// is built with them in the originals' places (go build -overlay, build tag
// mutants). Which mutant a process is, its environment says once
// (integration/mutants/mutant).
//
// What catches a mutant is the simulator's oracle: rows doubled, lost or out of
// order, a position that is promised too early, a shard that does not get
// there in time, a stop or a gap without a cause. Panics and refusals of the
// product do not count; they only end generations. At the end the same seeds
// run without a mutant, where nothing may be wrong, and must leave the traces
// that the product as it is leaves.
//
// A mutant that few seeds catch may name one that did (try): it comes first.
//
// A change whose lines are not there any more, or not once, fails the command
// and an ordinary test, with the mutant's name.
package main
