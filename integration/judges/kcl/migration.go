package kcl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
)

// successor is kinesnow, which goes on where a KCL stopped.
type successor struct {
	*consumer
	binary string
	config string
}

// hearMigration lets a KCL read through a split and die of kill -9 in the middle
// of an aggregate, and kinesnow do the rest: every record behind the KCL's last
// checkpoints once, and none before them.
func hearMigration(ctx context.Context, h *judge.Hearing) error {
	s, err := newSuccessor(ctx, h)
	if err != nil {
		return err
	}
	a, err := s.begin(ctx, "A", true)
	if err != nil {
		return err
	}
	held, err := s.halfWay(ctx)
	if err != nil {
		return err
	}
	code, told, err := s.verb(ctx, "migrate", "--quiet", "6s")
	if err != nil {
		return err
	}
	h.Hold("a KCL that runs is found", code == 2 && strings.Contains(told, "a KCL is still running"), "exit %d, while A stands still and renews its leases", code)
	if err := a.kill(); err != nil {
		return err
	}
	leases, err := s.table(ctx, "leases-migrated")
	if err != nil {
		return err
	}
	if err := s.in.mix(25); err != nil {
		return err
	}
	h.Hold("it died inside of an aggregate", leases[held].text("checkpointSubSequenceNumber") == "5", "its lease says %s/%s", leases[held].text("checkpoint"), leases[held].text("checkpointSubSequenceNumber"))
	if code, told, err = s.verb(ctx, "migrate", "--quiet", "6s", "--drained"); err != nil {
		return err
	}
	h.Hold("kinesnow migrate", code == 0 && strings.Contains(told, "migrated: 4 rows"), "exit %d: %s", code, lastLine(told))
	if code, told, err = s.verb(ctx, "run", "--until-caught-up"); err != nil {
		return err
	}
	h.Hold("kinesnow run", code == 0, "exit %d: %s", code, lastLine(told))
	return s.compare(ctx, leases)
}

func newSuccessor(ctx context.Context, h *judge.Hearing) (*successor, error) {
	cloud, err := localcloud.Start(localcloud.Options{
		Streams: []localcloud.Stream{{Name: "quakes", Shards: 2}}, Tables: []string{"QUAKES"}, CommitDelay: -1, Dir: filepath.Join(h.Dir, "cloud"),
	})
	if err != nil {
		return nil, err
	}
	h.AtEnd(func() { _ = cloud.Close() })
	s := &successor{consumer: &consumer{h: h, mode: polling, kinesis: cloud.Kinesis, dynamo: cloud.Dynamo}}
	s.in = &input{server: cloud.Kinesis, stream: "quakes", shards: map[string][]userRecord{}}
	text, err := os.ReadFile(cloud.ConfigFile())
	if err != nil {
		return nil, err
	}
	s.config = filepath.Join(filepath.Dir(cloud.ConfigFile()), "successor.yaml")
	changed := strings.ReplaceAll(string(text), localcloud.LeaseTable("quakes"), application)
	if err := os.WriteFile(s.config, []byte(changed), 0o600); err != nil {
		return nil, err
	}
	if s.binary, err = h.Build(ctx, "./cmd/kinesnow"); err != nil {
		return nil, err
	}
	s.program, err = compile(ctx, h, kcl, "KclWorker", kclWorker)
	return s, err
}

// halfWay has A read through a split and stand still at sub-sequence number 6 of
// an aggregate of ten. It returns the shard.
func (s *successor) halfWay(ctx context.Context) (held string, err error) {
	if err := s.in.mix(100); err != nil {
		return "", err
	}
	if err := s.delivered(ctx, "records of 2 shards"); err != nil {
		return "", err
	}
	if err := s.kinesis.SplitShard(s.in.stream, "shardId-000000000000"); err != nil {
		return "", err
	}
	if err := s.in.mix(50); err != nil {
		return "", err
	}
	if err := s.delivered(ctx, "records behind the split"); err != nil {
		return "", err
	}
	batch := make([]userRecord, 10)
	for i := range batch {
		batch[i] = s.in.next("")
		if i == 6 {
			batch[i] = s.in.next("hold")
		}
		batch[i].Hash = "0"
	}
	if err := s.in.put("0", batch...); err != nil {
		return "", err
	}
	return "shardId-000000000002", s.await(ctx, "A standing still", func() bool {
		return s.story.has(func(e said) bool { return e.Event == "held" })
	})
}

// verb runs kinesnow; what it says goes to the hearing's folder, too.
func (s *successor) verb(ctx context.Context, args ...string) (code int, told string, err error) {
	out, err := exec.CommandContext(ctx, s.binary, append(args, "-c", s.config)...).CombinedOutput()
	if _, kept := s.h.File("kinesnow-"+args[0]+".log", string(out)); kept != nil {
		return 0, "", kept
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out), nil
	}
	return 0, string(out), err
}

// compare holds the table's rows against what was put behind the KCL's
// checkpoints, worked out from its own leases.
func (s *successor) compare(ctx context.Context, leases map[string]item) error {
	var want []string
	before := 0
	for shard, records := range s.in.shards {
		for _, r := range records {
			if processed(leases[shard], r) || r.Data == "hold" { // no JSON object: discarded, and counted
				before++
				continue
			}
			want = append(want, strings.TrimSuffix(strings.TrimPrefix(r.Data, `{"n":`), "}"))
		}
	}
	out, err := exec.CommandContext(ctx, s.binary, "sql", "-c", s.config, "-o", "csv", "SELECT N FROM QUAKES").Output()
	if err != nil {
		return fmt.Errorf("kinesnow sql: %w", err)
	}
	got := strings.Fields(string(out))[1:]
	slices.Sort(want)
	slices.Sort(got)
	s.h.Hold("every record behind the KCL's checkpoints, once", slices.Equal(got, want) && len(want) > 30 && before > 100,
		"%d rows of %d; the KCL had read %d", len(got), len(want), before)
	return nil
}

// processed reports whether a lease says that a user record was processed.
func processed(lease item, r userRecord) bool {
	checkpoint := lease.text("checkpoint")
	if checkpoint == shardEnd {
		return true
	}
	sub, err := strconv.ParseInt(lease.text("checkpointSubSequenceNumber"), 10, 64)
	at := messages.Position{Seq: messages.SequenceNumber(checkpoint), Sub: sub}
	return err == nil && at.Seq.Valid() && at.Covers(messages.Position{Seq: messages.SequenceNumber(r.Sequence), Sub: r.Sub})
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
