package messages

import "testing"

// TestConnectorsOfOnePipeShareItsChannels: the first to begin has what it wants,
// the second one what is left, or nothing where that does not carry its first
// start; what was taken before is never taken back.
func TestConnectorsOfOnePipeShareItsChannels(t *testing.T) {
	var pipe PipeChannels
	for i, c := range []struct {
		connector     string
		used, wanting int
		beside, room  int
	}{
		{"a", 0, 1000, 0, MaxChannels},
		{"b", 0, 801, 1000, 0},                  // a first start that cannot be carried through
		{"b", 0, 800, 1000, 800},                // one that can
		{"a", 1000, 1, 800, 0},                  // a reshard that crosses the limit
		{"b", 300, 0, 1000, MaxChannels - 1300}, // it is not b's any more
		{"a", 1000, 400, 300, 500},
		{"b", 300, 200, 1400, 100},
		{"c", 0, 1, MaxChannels, 0},
		{"a", 1900, 0, 400, 0}, // an earlier version counted each for itself
		{"b", 400, 1, 1900, 0},
	} {
		beside := pipe.Take(c.connector, c.used, c.wanting)
		if room := ChannelRoom(c.used, c.wanting, beside); beside != c.beside || room != c.room {
			t.Errorf("step %d, %s: %d beside and room for %d, want %d and %d", i, c.connector, beside, room, c.beside, c.room)
		}
	}
}
