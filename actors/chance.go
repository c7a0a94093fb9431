package actors

import (
	crypto "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
)

// chance is where pauses and choices come from. It draws on the system's
// random source, which a test can make repeat itself (testing/cryptotest); the
// runtime's own generator cannot be. Safe for concurrent use: it keeps no state.
var chance = rand.New(systemSource{})

type systemSource struct{}

// Uint64 implements rand.Source.
func (systemSource) Uint64() uint64 {
	var b [8]byte
	_, _ = crypto.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}
