package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Target is a shard of a connector, as people name it.
type Target struct {
	Connector string
	Shard     string // full id
}

// ParseTarget reads NAME/SHARD, SHARD being the full id or its number.
func ParseTarget(text string) (Target, error) {
	name, shard, ok := strings.Cut(text, "/")
	if !ok || name == "" {
		return Target{}, fmt.Errorf("%q: want NAME/SHARD, such as orders/3", text)
	}
	id, err := messages.ParseShard(shard)
	return Target{name, string(id)}, err
}

// CheckFrom refuses what can be no start of a resolution.
func CheckFrom(from string) error {
	switch from {
	case "":
		return errors.New("is required: token, checkpoint, table, or a position")
	case "token", "checkpoint", "table":
		return nil
	}
	_, err := messages.ParsePosition(from)
	return err
}

// FindWorker finds the process under a data_dir that works on a shard. Where
// several say so, as for a moment in a take-over, it is the one that stopped it.
func FindWorker(ctx context.Context, dataDir, connector, shard string) (*Found, error) {
	found, silent, err := Find(ctx, dataDir)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, noProcess(dataDir, silent)
	}
	var worker *Found
	runs := false
	for i := range found {
		for _, s := range found[i].Snapshot.Connectors {
			if s.Connector != connector {
				continue
			}
			runs = true
			for j := range s.Shards {
				if sh := &s.Shards[j]; string(sh.Shard) == shard && (worker == nil || sh.Phase == messages.PhaseParked) {
					worker = &found[i]
				}
			}
		}
	}
	switch {
	case worker != nil:
		return worker, nil
	case !runs:
		return nil, fmt.Errorf("no process under %s runs connector %s; start kinesnow run with it, and repeat this", dataDir, connector)
	}
	return nil, fmt.Errorf("no process under %s works on %s of connector %s now; kinesnow status shows which node does: repeat this on its machine", dataDir, shard, connector)
}

func noProcess(dataDir string, silent []Silent) error {
	if len(silent) > 0 {
		return fmt.Errorf("the process behind %s does not answer: %w", silent[0].Socket, silent[0].Err)
	}
	return fmt.Errorf("no process answers under %s: a decision is carried out by the process that works on the shard; start kinesnow run on this machine, wait until kinesnow status shows the shard as STOPPED, and repeat this", dataDir)
}
