package supervisor

import (
	"errors"
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
)

// New returns the Props of a connector: one stream into one table. It only
// validates and prepares; nothing is opened or called before the actor is
// started. Spawn it once, in the host's own system, under any name:
//
//	props, err := supervisor.New("orders", cfg, supervisor.Host{Log: log})
//	pid, err := system.Root.SpawnNamed(props, "kinesis-orders")
//
// Send *messages.Inspect, Pause, Resume, Resolve or Drain to its PID.
//
// Errors are *config.Error where the configuration is wrong.
func New(name string, cfg Config, host Host) (*actor.Props, error) {
	if name == "" {
		return nil, errors.New("connector: a name is required")
	}
	if host.AWS != nil && cfg.AWS.Region == "" {
		cfg.AWS.Region = host.AWS.Region
	}
	if err := cfg.Validate(name); err != nil {
		return nil, err
	}
	p, err := newPlant(name, cfg, host)
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	return p.props(func() actor.Actor { return &connector{plant: p} }), nil
}
