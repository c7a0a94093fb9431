package supervisor

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// call is one that is answered at once.
func call(ctx context.Context, p *pipePace) error {
	done, err := p.take(ctx)
	if err == nil {
		done()
	}
	return err
}

// TestNoSecondHasMoreThanFourStatusCalls of a process, whoever makes them, and
// none that is due waits without need.
func TestNoSecondHasMoreThanFourStatusCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began, dice := new(StatusPace).of("pipe"), time.Now(), rand.New(rand.NewPCG(1, 2))
		var mu sync.Mutex
		var made []time.Duration
		var all sync.WaitGroup
		for range 6 { // connectors, that all want to ask all the time
			all.Go(func() {
				for range 5 {
					done, err := p.take(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					onItsWay := time.Duration(dice.IntN(900)) * time.Millisecond
					mu.Unlock()
					time.Sleep(onItsWay)
					mu.Lock()
					made = append(made, time.Since(began)) // as the service sees it
					mu.Unlock()
					done()
				}
			})
		}
		all.Wait()
		slices.Sort(made)
		for i := statusCalls; i < len(made); i++ {
			if gap := made[i] - made[i-statusCalls]; gap < time.Second {
				t.Errorf("five calls within %s", gap)
			}
		}
		if last := made[len(made)-1]; last > time.Duration(len(made)/statusCalls+1)*1900*time.Millisecond {
			t.Errorf("%d calls took %s", len(made), last)
		}
		time.Sleep(time.Minute)
		before := time.Now()
		for range statusCalls {
			_ = call(t.Context(), p)
		}
		if took := time.Since(before); took != 0 {
			t.Errorf("four calls after a rest waited %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := call(ctx, p); err == nil {
			t.Error("a fifth call waited for no turn")
		}
	})
}

// TestEighteenHundredNamesMeetNoLimitOfTheService over sockets, against one that
// refuses a fifth call in a second: two connectors of a process ask for 1,800 and
// 400 channels, again as soon as they are answered.
func TestEighteenHundredNamesMeetNoLimitOfTheService(t *testing.T) {
	t.Parallel()
	cloud, err := localcloud.Start(localcloud.Options{Snowflake: func(o *localsnowflake.Options) {
		o.StatusCallsPerSecond, o.NamesPerStatus = statusCalls, snowpipe.MaxNamesPerStatus
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cloud.Close() })
	file, err := Load(cloud.ConfigFile(), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	pace := &StatusPace{}
	var all sync.WaitGroup
	for _, channels := range []int{messages.MaxChannels, 400} {
		p := &plant{cfg: file.Connectors["orders"], host: Host{StatusPace: pace}}
		if err := p.openSnowflake(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.sink.Open(t.Context(), "c", false); err != nil { // makes the pipe
			t.Fatal(err)
		}
		names := make([]string, channels)
		for i := range names {
			names[i] = "c-" + strconv.Itoa(i)
		}
		all.Go(func() {
			for range 2 {
				if _, err := p.sink.Status(t.Context(), names); err != nil {
					t.Errorf("%d channels: %v", channels, err)
				}
			}
		})
	}
	all.Wait()
	if n := cloud.Snowflake.Faults().Calls(localsnowflake.ActionBulkChannelStatus); n != 2*(4+1) {
		t.Errorf("%d calls", n)
	}
}

// TestWhoGivesUpTakesNoTurn: calls that end before their turn - their connectors
// died - leave it to those that go on.
func TestWhoGivesUpTakesNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := new(StatusPace).of("pipe")
		for range statusCalls {
			_ = call(t.Context(), p)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 60 {
			all.Go(func() {
				if call(ctx, p) == nil {
					t.Error("a turn came within 100 ms")
				}
			})
		}
		time.Sleep(100 * time.Millisecond)
		cancel()
		all.Wait()
		began := time.Now()
		if err := call(t.Context(), p); err != nil || time.Since(began) > time.Second {
			t.Errorf("the next call waited %s: %v", time.Since(began), err)
		}
	})
}

// TestPipesDoNotWaitForEachOther: connectors of other pipes are no reason to ask
// less often what is committed.
func TestPipesDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paces, began := &StatusPace{}, time.Now()
		for i := range 60 {
			for range statusCalls {
				if err := call(t.Context(), paces.of(strconv.Itoa(i))); err != nil {
					t.Fatal(err)
				}
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the last of 60 pipes waited %s", took)
		}
	})
}

// TestConnectorsOfOnePipeCountEachOthersChannels, and those of other pipes do
// not.
func TestConnectorsOfOnePipeCountEachOthersChannels(t *testing.T) {
	pace := &StatusPace{}
	connector := func(name, table string) *plant {
		p := &plant{name: name, cfg: config.Defaults(), host: Host{StatusPace: pace}}
		s := &p.cfg.Snowflake
		s.Account, s.User, s.Database, s.Schema, s.Table = "ACME-PROD", "U", "RAW", "EVENTS", table
		if err := p.openSnowflake(); err != nil {
			t.Fatal(err)
		}
		return p
	}
	a, b, other := connector("a", "ORDERS"), connector("b", "ORDERS"), connector("c", "CLICKS")
	if n := a.channels(0, 1000); n != 0 {
		t.Errorf("%d channels beside the first one", n)
	}
	if n := b.channels(0, 10); n != 1000 {
		t.Errorf("%d channels beside the second one, want 1000", n)
	}
	if n := other.channels(0, 10); n != 0 {
		t.Errorf("%d channels beside one of another pipe", n)
	}
}
