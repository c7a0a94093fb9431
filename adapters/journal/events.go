package journal

import (
	"context"

	"github.com/kinesnow/kinesnow/messages"
)

// Source is where the entries of a stream come from: a Reader, or a journal
// that is being written.
type Source interface {
	Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error
}

// Events yields the events of a stream, oldest first and each once: a writer
// repeats what was not answered in time. unknown counts the entries that this
// version cannot read, which are skipped (P25).
func Events(ctx context.Context, from Source, stream string, yield func(messages.Entry, messages.Event)) (unknown int, err error) {
	seen := map[string]bool{}
	err = from.Read(ctx, stream, 0, func(e messages.Entry) bool {
		id := e.Writer + "\n" + string(e.Kind) + "\n" + string(e.Body)
		if seen[id] {
			return true
		}
		seen[id] = true
		event, err := messages.Decode(e.Kind, e.Body)
		if err != nil {
			unknown++
			return true
		}
		yield(e, event)
		return true
	})
	return unknown, err
}
