package supervisor

import (
	"context"
	"errors"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestOneLookAtAPipeServesAllShards, until a channel was made anew; one that was
// made anew with it needs no other.
func TestOneLookAtAPipeServesAllShards(t *testing.T) {
	looks, unfit := 0, error(nil)
	l := newPipeLooks(func(context.Context) error { looks++; return unfit })
	open := func(channel string, createdMS int64) error {
		if err := l.before(t.Context()); err != nil {
			return err
		}
		return l.after(t.Context(), &messages.Opening{ChannelStatus: messages.ChannelStatus{Channel: channel, CreatedMS: createdMS}})
	}
	wrong := errors.New("another table")
	for i, step := range []struct {
		channel   string
		createdMS int64
		unfit     error
		err       error
		looks     int
	}{
		{"a", 1, nil, nil, 1}, {"b", 2, nil, nil, 1}, {"a", 1, nil, nil, 1},
		{"a", 3, nil, nil, 2}, {"a", 3, nil, nil, 2}, {"b", 4, nil, nil, 2}, // replaced
		{"b", 5, wrong, wrong, 3}, {"a", 3, wrong, wrong, 4}, {"b", 5, wrong, wrong, 5}, // by an unfit one
		{"b", 6, nil, nil, 6}, {"a", 7, nil, nil, 6}, {"b", 6, nil, nil, 6}, // which was mended
	} {
		unfit = step.unfit
		if err := open(step.channel, step.createdMS); !errors.Is(err, step.err) || looks != step.looks {
			t.Errorf("step %d: %v after %d looks, want %v after %d", i, err, looks, step.err, step.looks)
		}
	}
	if err := errors.Join((*pipeLooks)(nil).before(t.Context()), (*pipeLooks)(nil).after(t.Context(), nil)); err != nil {
		t.Error(err)
	}
}
