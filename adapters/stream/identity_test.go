package stream_test

import (
	"context"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
)

// TestAnotherStreamOfTheSameNameIsNeverReadOnFrom: neither by a reader that is at
// it, nor from a position in the old one, which would else be a gap.
func TestAnotherStreamOfTheSameNameIsNeverReadOnFrom(t *testing.T) {
	for name, open := range map[string]func(*world, messages.ReadFrom) reader{
		"polled": func(w *world, from messages.ReadFrom) reader { return stream.New(w.config).Open(w.shard(0), from) },
		"pushed": func(w *world, from messages.ReadFrom) reader { return stream.New(w.config).Subscribe(w.shard(0), from) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newPushWorld(t, 1)
			old, err := stream.New(w.config).Describe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w.put(objects(3)...)
			s := open(w, messages.ReadFrom{Created: old.CreatedAt})
			defer s.Close()
			_, last := w.follow(s, messages.Position{}, 3)
			if err := w.DeleteStream("orders"); err != nil {
				t.Fatal(err)
			}
			w.clock.move(5 * time.Second)
			if err := w.CreateStream("orders", 1); err != nil {
				t.Fatal(err)
			}
			w.put(objects(3)...)
			again := open(w, messages.ReadFrom{After: last.Last(), Created: old.CreatedAt})
			defer again.Close()
			for who, one := range map[string]reader{"the reader": s, "the next one": again} {
				ctx, cancel := context.WithTimeout(t.Context(), longest)
				defer cancel()
				b, err := one.Next(ctx, 1<<20)
				for err == nil && len(b.Marks) == 0 {
					b, err = one.Next(ctx, 1<<20)
				}
				if err == nil {
					t.Errorf("%s read %d records of the other stream", who, len(b.Marks))
				} else if f := faulted(t, err); f.Stop != messages.StreamRecreated {
					t.Errorf("%s ends with %v", who, err)
				}
			}
		})
	}
}
