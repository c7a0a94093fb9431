// Package between stands between a client and a server that has no fault
// hooks of its own: it passes requests on, counts them by their AWS action,
// and lets a judge change a request, change an answer, or lose an answer
// after its request had its effect.
package between
