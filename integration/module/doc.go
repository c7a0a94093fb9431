// Package module finds the source that a program of this repository is run in.
package module
