package process

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"
)

// actorLog passes on what the actor library says, from warnings up. Three
// things are put right on the way (specs/protoactor.md 1.9): dead letters are
// left out, for mail to an actor that just ended is how generations end here;
// the library's key "message" would be a second one of zerolog's; and values
// are shown as their Go types alone, because a message may hold a payload.
type actorLog struct{ to slog.Handler }

// actorLogger is the library's logger factory.
func actorLogger(log zerolog.Logger) func(*actor.ActorSystem) *slog.Logger {
	return func(*actor.ActorSystem) *slog.Logger {
		return slog.New(&actorLog{zerolog.NewSlogHandler(log)})
	}
}

// Enabled implements slog.Handler.
func (h *actorLog) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.to.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *actorLog) Handle(ctx context.Context, record slog.Record) error {
	if strings.Contains(record.Message, "[DeadLetter]") {
		return nil
	}
	clean := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	record.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redact(a))
		return true
	})
	return h.to.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (h *actorLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redact(a)
	}
	return &actorLog{h.to.WithAttrs(clean)}
}

// WithGroup implements slog.Handler.
func (h *actorLog) WithGroup(name string) slog.Handler { return &actorLog{h.to.WithGroup(name)} }

// redact renames what would collide and replaces values that may hold data.
func redact(a slog.Attr) slog.Attr {
	switch a.Key {
	case "message":
		a.Key = "msg_type"
	case "level", "time", "msg":
		a.Key = "actor_" + a.Key
	}
	switch a.Value.Kind() {
	case slog.KindAny, slog.KindLogValuer:
		switch v := a.Value.Any().(type) {
		case nil:
			a.Value = slog.StringValue("nil")
		case *actor.PID:
			a.Value = slog.StringValue(v.GetId())
		default:
			a.Value = slog.StringValue(fmt.Sprintf("%T", v))
		}
	case slog.KindGroup:
		group := a.Value.Group()
		clean := make([]slog.Attr, len(group))
		for i, inner := range group {
			clean[i] = redact(inner)
		}
		a.Value = slog.GroupValue(clean...)
	}
	return a
}
