package supervisor

import (
	"context"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// crashTarget is the table in SQL as a node reaches it.
type crashTarget struct {
	*actorstest.Target
	node *crashNode
}

func (t crashTarget) Describe(ctx context.Context) (*messages.Target, error) {
	return reach(ctx, t.node, "sql", "Describe", "", func() (*messages.Target, error) { return t.Target.Describe(ctx) })
}

func (t crashTarget) Alter(ctx context.Context, statement string) error {
	return act(ctx, t.node, "sql", "Alter", "", func() error { return t.Target.Alter(ctx, statement) })
}

func (t crashTarget) who() string { return "a test" }

func (t crashTarget) close() {}
