package main

import (
	"strings"
	"testing"
	"time"
)

// TestEveryLoadIsCarriedByItsServerAndTheYardstick runs every line once, small,
// in this process and over real sockets.
func TestEveryLoadIsCarriedByItsServerAndTheYardstick(t *testing.T) {
	stored, _ := serverLine{scene: sceneRead}.job(2)
	h, err := newHall(hallJob{Records: stored.Records, Size: loadRecord})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range serverLines {
		for _, scene := range []string{line.scene, sceneYardstick} {
			t.Run(line.name+" on "+scene, func(t *testing.T) {
				j, size := line.job(2)
				if err := h.begin(scene, j.Records); err != nil {
					t.Fatal(err)
				}
				j.At, j.Within = h.at, 5*time.Minute
				var m meter
				if err := carry(j, &m); err != nil {
					t.Fatal(err)
				}
				if err := h.verdict(); err != nil {
					t.Error(err)
				}
				if m.result.Wall <= 0 || size < 1e6 {
					t.Errorf("measured %+v over %.0f bytes", m.result, size)
				}
			})
		}
	}
	if err := h.leave(); err != nil {
		t.Error(err)
	}
}

func TestARecordThatDidNotArriveEndsTheCampaign(t *testing.T) {
	h, err := newHall(hallJob{Records: hallShards, Size: loadRecord})
	if err != nil {
		t.Fatal(err)
	}
	for _, scene := range []string{sceneWrite, sceneMemory} {
		if err := h.begin(scene, 1); err != nil {
			t.Fatal(err)
		}
		if err := h.verdict(); err == nil || !strings.Contains(err.Error(), "0 records arrived, want 1") {
			t.Errorf("%s: %v", scene, err)
		}
	}
	if err := h.leave(); err != nil {
		t.Error(err)
	}
}

func TestHashKeysLieInTheShardTheyAreFor(t *testing.T) {
	server, err := streamServer()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := loadStream(server, hallJob{Records: 3 * hallShards, Size: 200}); err != nil {
		t.Fatal(err)
	}
	for _, shard := range server.Streams()[0].Shards {
		if shard.Records != 3 {
			t.Errorf("%s holds %d records, want 3", shard.ID, shard.Records)
		}
	}
}
