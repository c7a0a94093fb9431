package main

// operations in the order in which they run; later ones use the tables of
// earlier ones. Each gives a detail for its line.
var operations = []struct {
	name string
	run  func(a *asking) (string, error)
}{
	{"log in with a key pair", logInWithAKeyPair},
	{"log in with a password", logInWithAPassword},
	{"every type, fetched", everyType},
	{"bindings", bindings},
	{"arrays bound to an INSERT", arrays},
	{"errors have their numbers", errorNumbers},
	{"several statements in one text", severalStatements},
	{"asynchronous queries", asynchronous},
	{"a running query is cancelled", cancelled},
	{"describe", described},
	{"transactions", transactions},
	{"time zones and session parameters", timeZones},
	{"an expired session is renewed", expired},
	{"a lost answer does not run a statement twice", lostAnswer},
	{"a large result", large},
	{"what a data platform asks", dataPlatform},
}
