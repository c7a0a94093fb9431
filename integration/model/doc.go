// Command model checks the protocol with Spin: kinesnow.pml is the protocol as
// it is built, and every run of runs.go is one question put to it.
//
//	go run ./integration/model                 the quick runs: under three minutes on two cores
//	go run ./integration/model -full           all of them
//	go run ./integration/model -only P7        those whose name holds "P7"
//	go run ./integration/model -trace NAME     the shortest story of one that fails, step by step
//	go run ./integration/model -full -record integration/model/results.txt
//
// A rule broken on purpose, or a service that is worse than assumed, must fail
// with the kind of fault that is written beside it; the design must hold over
// its whole bounded state space. It exits 1 where a run comes out otherwise. It
// needs spin 6.5 and gcc, and writes nothing but what -record names.
//
//	main.go     flags, and the table
//	runs.go     the questions
//	check.go    one run: spin, gcc, and what pan says
//	kinesnow.pml, README.md
package main
