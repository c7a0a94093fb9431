// Package rsakey has the RSA keys that tests sign in with.
package rsakey
