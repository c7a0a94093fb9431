// Package conformance holds the house to its own plan: who may import whom,
// and which build of the engine it stands on.
package conformance
