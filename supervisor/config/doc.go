// Package config reads, checks and explains the configuration of kinesnow.
//
// One YAML file names connectors, each one stream into one table. Load turns it
// into a File with a Config per connector, or into one *Error that lists
// everything wrong with it at once, each with line, column and key.
//
//	bytes -> document -> references -> defaults merged -> typed values -> checks
//
//	document.go   YAML nodes with their places, duplicate keys, aliases
//	reference.go  ${VAR}, ${VAR:default}, ${file:PATH}
//	merge.go      defaults: under each connector
//	decode.go     nodes to the fields of File and Config, by their key tags
//	validate*.go  ranges, required keys and combinations; no I/O
//	later.go      what the contract names and a later version brings
//	print.go      the merged result with where each value came from
//
// A host that embeds connectors needs no file. It starts from Defaults:
//
//	cfg := config.Defaults()
//	cfg.Application = "kinesnow-orders"
//	cfg.Kinesis.Stream = "orders"
//	err := cfg.Validate("orders")
//
// Secrets are of type Secret and print as [redacted], whatever the verb. The
// text of an error never holds one: values of secret keys, and values that came
// from a variable or a file, are named and not quoted.
package config
