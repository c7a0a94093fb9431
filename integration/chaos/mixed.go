package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
)

const (
	mixedLength = 45 * time.Second
	mixedKills  = 10
	mixedRows   = 45_000
)

// previous compiles the program of PREVIOUS.
func (r *chaos) previous(ctx context.Context) (program, error) {
	commit, err := previousCommit(previousFile)
	if err != nil {
		return program{}, err
	}
	p := program{previous, filepath.Join(r.dir, "kinesnow-previous"), polling}
	return p, buildCommit(ctx, r.tree, commit, filepath.Join(r.dir, "previous"), p.path)
}

// mixedPhase runs processes of both programs on one lease table and one
// data_dir. Each restart, after a kill or a drain, may be an upgrade or a
// downgrade. In the end both are there, and this tree's audit judges.
func (r *chaos) mixedPhase(ctx context.Context, out io.Writer, before program) []string {
	w, err := r.world(plan{
		name: "mixed", places: 3, shards: 4,
		tuning: localcloud.Tuning{LeaseDuration: leaseDuration, LeaseRenew: leaseRenew, Linger: linger, HTTPListen: "127.0.0.1:0"}, delay: commitDelay,
	})
	if err != nil {
		return []string{err.Error()}
	}
	s := &storm{w: w, seed: r.o.seed, length: mixedLength, kills: mixedKills, programs: []program{r.now, before}, blows: []string{"drain", "reshard"}}
	trouble := r.live(ctx, w, s, mixedRows, out)
	trouble = append(trouble, w.close()...)
	fmt.Fprintf(out, "  upgrades %d, downgrades %d\n", w.upgrades, w.downgrades)
	switch {
	case w.upgrades == 0 || w.downgrades == 0:
		trouble = append(trouble, "mixed: no upgrade, or no downgrade")
	case w.tally.counted < mixedKills:
		trouble = append(trouble, fmt.Sprintf("mixed: %d kills counted, %d must", w.tally.counted, mixedKills))
	}
	return trouble
}
