// Package pausing is kinesnow pause and kinesnow resume. Both change the stream's
// row in the lease table, and every process that works on the stream follows
// within five seconds; so they work from anywhere, also while nothing runs, and
// no restart and no rebalancing undoes them.
package pausing
