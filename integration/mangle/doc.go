// Package mangle makes bad requests of good ones, for the tests of the local
// protocol servers: what a fuzzer finds by luck - a list where a text belongs,
// three levels down - it goes through in order.
package mangle
