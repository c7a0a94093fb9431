package supervisor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// TestTheJournalGivesNoPosition (P25): a connector that lives three times does
// the same calls in the same order and fills the same table, whatever journal it
// finds: its own, none, an old one, one with holes, another shard's, random
// bytes, lies. Only the counts of stretches that no checkpoint covers may come
// from it, and where it has none they are counted by reading again.
func TestTheJournalGivesNoPosition(t *testing.T) {
	found := map[string]map[string]int{}
	for seed := uint64(1); seed <= 3; seed++ {
		want := indifferentRun(t, seed, func(int, *dice) messages.Journal { return noJournal{} })
		if len(want.wrong) > 0 || len(want.rows[actorstest.ShardID(3)]) < 20 {
			t.Fatalf("seed %d without a journal: %d rows, %v", seed, len(want.rows[actorstest.ShardID(3)]), want.wrong)
		}
		for _, v := range journals() {
			got := indifferentRun(t, seed, v.of(t))
			for i := range indifferentShards {
				id := actorstest.ShardID(i)
				wants, gots := want.diary[id], got.diary[id]
				if v.lies {
					wants, gots = without(wants), without(gots)
				}
				if v.hangs {
					wants, gots = nil, nil // a shard's children begin when everything of it is counted
				}
				if at := differ(wants, gots); at != "" {
					t.Errorf("seed %d, %s, %s: %s", seed, v.name, id, at)
				}
				if !slices.Equal(want.rows[id], got.rows[id]) {
					t.Errorf("seed %d, %s, %s: %d rows, want %d, or in another order", seed, v.name, id, len(got.rows[id]), len(want.rows[id]))
				}
			}
			for _, text := range got.wrong {
				t.Errorf("seed %d, %s: %s", seed, v.name, text)
			}
			if found[v.name] == nil {
				found[v.name] = map[string]int{}
			}
			for source, n := range got.found {
				found[v.name][source] += n
			}
		}
	}
	// An append whose answer a killed process never heard is in nobody's journal.
	if own := found["its own"]; own["ledger"] < 10 || own["reread"]*4 > own["ledger"] || found["empty"]["ledger"] > 0 || found["empty"]["reread"] < 10 {
		t.Errorf("stretches were recovered so: %v; want its own journal asked, and used", found)
	}
	if found["lies"]["ledger"] == 0 {
		t.Errorf("nobody ever believed a lie about counts: %v; the lies are too weak", found)
	}
}

// differ says where two diaries part.
func differ(want, got []string) string {
	for i := range max(len(want), len(got)) {
		w, g := "nothing", "nothing"
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			return fmt.Sprintf("call %d is\n%s\nand without a journal\n%s", i, g, w)
		}
	}
	return ""
}

// variant is a journal as a later life finds it.
type variant struct {
	name  string
	lies  bool // its entries are whole and wrong
	hangs bool // it takes its time
	of    func(*testing.T) func(life int, d *dice) messages.Journal
}

// remade is a journal whose entries are changed between two lives.
func remade(change func(d *dice, stream string, entries []messages.Entry) []messages.Entry) func(*testing.T) func(int, *dice) messages.Journal {
	return func(t *testing.T) func(int, *dice) messages.Journal {
		disk := &journal.Memory{}
		return func(_ int, d *dice) messages.Journal {
			disk = copied(t, disk, func(stream string, entries []messages.Entry) []messages.Entry { return change(d, stream, entries) })
			return disk
		}
	}
}

func journals() []variant {
	return []variant{
		{"its own", false, false, remade(func(_ *dice, _ string, all []messages.Entry) []messages.Entry { return all })},
		{"empty", false, false, remade(func(*dice, string, []messages.Entry) []messages.Entry { return nil })},
		{"an old one", false, false, remade(func(_ *dice, _ string, all []messages.Entry) []messages.Entry { return all[:len(all)/2] })},
		{"one with holes", false, false, remade(func(d *dice, _ string, all []messages.Entry) []messages.Entry {
			return slices.DeleteFunc(all, func(messages.Entry) bool { return d.chance(300) })
		})},
		{"one whose end is its beginning", false, false, remade(func(_ *dice, _ string, all []messages.Entry) []messages.Entry {
			slices.Reverse(all)
			return all
		})},
		{"one that tells everything twice", false, false, remade(func(_ *dice, _ string, all []messages.Entry) []messages.Entry { return append(all, all...) })},
		{"random bytes", false, false, remade(scrambled)},
		{"of a newer version", false, false, remade(newer)},
		{"lies", true, false, remade(lies)},
		{"another shard's", false, false, others},
		{"damaged files", false, false, damagedFiles},
		{"one that hangs", false, true, func(*testing.T) func(int, *dice) messages.Journal {
			disk := &journal.Memory{}
			return func(int, *dice) messages.Journal { return hanging{disk, make(chan struct{})} }
		}},
	}
}

// scrambled keeps the kinds and makes the bodies random, or a byte of them.
func scrambled(d *dice, _ string, all []messages.Entry) []messages.Entry {
	for i := range all {
		all[i].Body = slices.Clone(all[i].Body)
		if d.chance(500) {
			all[i].Body = all[i].Body[:d.n(len(all[i].Body)+1)]
			continue
		}
		for j := range all[i].Body {
			all[i].Body[j] = byte(d.n(256))
		}
	}
	return all
}

// newer puts entries of unknown kinds between, and fields of unknown names into
// the others.
func newer(d *dice, _ string, all []messages.Entry) (out []messages.Entry) {
	for _, e := range all {
		fields := map[string]msgpack.RawMessage{}
		if err := msgpack.Unmarshal(e.Body, &fields); err == nil {
			fields["zz_new"] = msgpack.RawMessage{0xc0}
			e.Body, _ = msgpack.Marshal(fields)
		}
		out = append(out, e)
		if d.chance(300) {
			out = append(out, messages.Entry{Kind: "teleported.v1", Body: []byte{0x80}})
		}
	}
	return out
}

// lies moves every position that decides something far ahead or behind, says
// that shards ended, were parked and resolved, and counts batches wrongly.
func lies(d *dice, _ string, all []messages.Entry) (out []messages.Entry) {
	say := func(e messages.Event) {
		body, err := messages.Encode(e)
		if err != nil {
			panic(err)
		}
		out = append(out, messages.Entry{Kind: e.Kind(), Body: body})
	}
	for _, entry := range all {
		e, err := messages.Decode(entry.Kind, entry.Body)
		if err != nil {
			panic(err)
		}
		ahead := messages.Position{Seq: "99999999999999999999", Sub: messages.Whole}
		switch e := e.(type) {
		case *messages.BatchAppended: // the chain is whole: it will be believed
			e.Rows, e.Records, e.Digest = int64(d.n(1000)), int64(d.n(1000)), "0000000000000000"
		case *messages.Opened:
			e.Start, e.Token, e.Epoch, e.Generation = ahead, "1.99999999999999999999.*.0."+string(e.Shard), 1000, 1000
		case *messages.Committed:
			e.To = ahead
			say(&messages.ShardEnded{Shard: e.Shard, Last: ahead})
		case *messages.Checkpointed:
			// What it covers is forgotten; the beginning covers nothing.
			e.To, e.Skipped, e.Settled = messages.Position{}, messages.Position{}, true
			say(&messages.Parked{Shard: e.Shard, Code: messages.TokenLost})
			say(&messages.Resolved{Shard: e.Shard, Code: messages.TokenLost, From: "checkpoint", Start: ahead})
			say(&messages.GapDetected{Shard: e.Shard, From: e.To, To: ahead})
		case *messages.LeaseTaken:
			say(&messages.LeaseDropped{Shard: e.Shard, Why: "lost"})
		case *messages.Started:
			say(&messages.Paused{})
		}
		say(e)
	}
	return out
}

// others gives every shard the next one's stream.
func others(t *testing.T) func(int, *dice) messages.Journal {
	disk := &journal.Memory{}
	return func(int, *dice) messages.Journal {
		streams := map[string][]messages.Entry{}
		copied(t, disk, func(stream string, all []messages.Entry) []messages.Entry {
			streams[stream] = all
			return nil
		})
		disk = &journal.Memory{}
		for i := range indifferentShards {
			entries := streams[actors.ShardStream(actorstest.ShardID((i+1)%indifferentShards))]
			if err := disk.Append(t.Context(), actors.ShardStream(actorstest.ShardID(i)), entries); err != nil {
				t.Error(err)
			}
		}
		return disk
	}
}

// damagedFiles keeps the journal in segments, and lets bytes, lengths and whole
// files change between two lives.
func damagedFiles(t *testing.T) func(int, *dice) messages.Journal {
	dir := t.TempDir()
	return func(life int, d *dice) messages.Journal {
		segments, err := filepath.Glob(filepath.Join(dir, "*", "*.seg"))
		if err != nil || life > 0 && len(segments) < 4 {
			t.Errorf("%d segments to damage in life %d (%v)", len(segments), life, err)
		}
		r := rand.New(rand.NewPCG(uint64(life), uint64(d.n(1000))))
		for i, path := range segments {
			b, err := os.ReadFile(path)
			if err != nil || len(b) == 0 {
				continue
			}
			switch i % 4 {
			case 0:
				b = b[:r.IntN(len(b))]
			case 1:
				b[r.IntN(len(b))] ^= 0x55
			case 2:
				os.Rename(path, segments[r.IntN(len(segments))])
				continue
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Error(err)
			}
		}
		j, err := journal.Open(dir, journal.Options{SegmentBytes: 4 << 10, FlushEvery: time.Second})
		if err != nil {
			t.Error(err)
			return noJournal{}
		}
		return j
	}
}

// hanging is a disk that takes 20 s for everything, until it is given up.
type hanging struct {
	messages.Journal
	closed chan struct{}
}

func (h hanging) wait() {
	select {
	case <-time.After(20 * time.Second):
	case <-h.closed:
	}
}

func (h hanging) Close() error {
	close(h.closed)
	return nil
}

func (h hanging) Append(ctx context.Context, stream string, all []messages.Entry) error {
	h.wait()
	return h.Journal.Append(ctx, stream, all)
}

func (h hanging) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	h.wait()
	return h.Journal.Read(ctx, stream, after, yield)
}
