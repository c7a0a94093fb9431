package actors

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestWhatABookCannotReadIsCounted: entries of a newer version, and bodies that
// are none of their kind; a batch of another shard is nobody's stretch.
func TestWhatABookCannotReadIsCounted(t *testing.T) {
	j := &tape{}
	foreign := appendOf(messages.Position{}, whole("10"), 3)
	foreign.Shard = "shardId-000000000099"
	body, err := messages.Encode(foreign)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Append(t.Context(), ShardStream(shard0), []messages.Entry{
		{Kind: "teleported.v1", Body: []byte{0x80}}, {Kind: messages.KindBatchAppended, Body: []byte{0xc1}}, {Kind: messages.KindBatchAppended, Body: body},
	}); err != nil {
		t.Fatal(err)
	}
	b := NewBook(j, "p", nil)
	if _, found := stretchOf(t, b, messages.Position{}, whole("10")); found {
		t.Error("another shard's batch was taken for this one's")
	}
	if got := b.State().Unknown; got != 2 {
		t.Errorf("%d entries were counted as unknown, want 2", got)
	}
}
