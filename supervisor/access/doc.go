// Package access turns a configuration's credentials into what the adapters
// want. Nothing is read or asked before it is needed, and what was refused is
// read again, so that keys can be rotated in place.
package access
