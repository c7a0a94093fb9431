// Package paragraph breaks the sentences of a report into lines that a terminal
// holds.
package paragraph
