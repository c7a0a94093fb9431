package actors

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// asker stands for a channel: it asks for one key's column, each second until it
// is answered. Its parent is the Connector.
type asker struct {
	key    string // "" = it asks what the table is
	schema *actor.PID
	done   bool
	mu     sync.Mutex
	said   []string
	fault  *messages.Fault
	at     time.Time // of the answer
}

func (a *asker) Receive(c actor.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch m := c.Message().(type) {
	case *actor.Started, *columnsAgain:
		if !a.done {
			var u *messages.Unmatched
			if a.key != "" {
				u = &messages.Unmatched{Keys: []messages.KeySeen{{Name: a.key, Kinds: messages.TextValue}}, Values: 1}
			}
			c.Request(a.schema, &messages.ColumnsWanted{Unmatched: u})
			After(c, repeatEvery, &columnsAgain{})
		}
	case *messages.ColumnsReady:
		a.done, a.at = true, time.Now()
	case *messages.ColumnsAwaited:
		if n := len(a.said); n == 0 || a.said[n-1] != m.Why {
			a.said = append(a.said, m.Why)
		}
	case *messages.ColumnsRefused:
		a.fault = m.Fault
	}
}

func (a *asker) ready() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done
}

// desk is a Schema and who asks it.
type desk struct {
	system *actor.ActorSystem
	cloud  *actorstest.Cloud
	table  *timedTarget
	known  *messages.KnownColumns
	schema *actor.PID
	told   sync.Map // statements and troubles
}

// timedTarget notes when statements were run.
type timedTarget struct {
	*actorstest.Target
	mu  sync.Mutex
	ran []time.Time
	all []string
}

func (t *timedTarget) Alter(ctx context.Context, statement string) error {
	t.mu.Lock()
	t.ran, t.all = append(t.ran, time.Now()), append(t.all, statement)
	t.mu.Unlock()
	return t.Target.Alter(ctx, statement)
}

func openDesk(t *testing.T, perMinute int, prepare ...func(*desk)) *desk {
	t.Helper()
	cloud := actorstest.NewCloud()
	d := &desk{cloud: cloud, table: &timedTarget{Target: cloud.Target}, known: &messages.KnownColumns{}}
	for _, f := range prepare {
		f(d)
	}
	d.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }))
	connector := d.system.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
		switch m := c.Message().(type) {
		case *messages.TableAltered:
			d.told.Store(m.Event.Statement, true)
		case *messages.TableShrunk:
			d.told.Store("gone", m.Event)
		case *messages.SchemaTrouble:
			d.told.Store("trouble: "+m.Why, true)
		}
	}))
	d.schema = d.system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor {
		return NewSchema(SchemaSettings{Table: d.table, Known: d.known, Pace: NewPace(perMinute), Name: "T", Who: "W", Connector: connector, Log: zerolog.Nop()})
	}))
	return d
}

func (d *desk) ask(key string) *asker {
	a := &asker{key: key, schema: d.schema}
	d.system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor { return a }))
	return a
}

func (d *desk) close(askers ...*asker) {
	for _, a := range askers {
		a.mu.Lock()
		a.done = true
		a.mu.Unlock()
	}
	_ = d.system.Root.StopFuture(d.schema).Wait()
	d.system.Shutdown()
	time.Sleep(3 * time.Second)
	synctest.Wait()
}

// TestStatementsKeepToTheirPace: many channels ask for many columns, one after
// the other. No minute has more statements than it may, what waits is asked for
// at once, and who waits is told for how long.
func TestStatementsKeepToTheirPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perMinute = 3
		d := openDesk(t, perMinute)
		var askers []*asker
		for i := range 40 {
			askers = append(askers, d.ask("K"+strconv.Itoa(i)))
			time.Sleep(4 * time.Second)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, a := range askers {
			if !a.ready() {
				t.Errorf("%s has no column", a.key)
			}
		}
		ran := d.table.ran
		for i := range ran {
			if i >= perMinute && ran[i].Sub(ran[i-perMinute]) < time.Minute {
				t.Errorf("statements %d to %d were run within %s", i-perMinute, i, ran[i].Sub(ran[i-perMinute]))
			}
		}
		if len(ran) < 6 || len(ran) > 12 || !strings.Contains(strings.Join(d.table.all, "\n"), " ") {
			t.Errorf("%d statements for 40 columns in 4 minutes: %q", len(ran), d.table.all)
		}
		if text := strings.Join(askers[4].said, "\n"); !strings.Contains(text, "next DDL in ") || !strings.Contains(text, " columns") {
			t.Errorf("who had to wait was told %q", text)
		}
		d.close(askers...)
	})
}

// TestATableThatMayNotBeAlteredIsAskedAgainByWhoComesAgain: nobody waits for a
// grant inside Schema, and the first question after it is answered.
func TestATableThatMayNotBeAlteredIsAskedAgainByWhoComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := openDesk(t, 6, func(d *desk) { d.table.Denied = true })
		a := d.ask("K")
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		if a.fault == nil || a.fault.Stop != messages.AccessDenied || a.ready() {
			t.Errorf("the answer was %+v", a.fault)
		}
		if _, told := d.told.Load("trouble: " + a.fault.Error()); !told {
			t.Errorf("the connector was not told %q", a.fault.Error())
		}
		d.table.Grant()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		_, over := d.told.Load("trouble: ")
		_, statement := d.told.Load("K")
		if !a.ready() || !over || !statement {
			t.Errorf("after the grant: answered %v, trouble over %v, statement told %v", a.ready(), over, statement)
		}
		d.close(a)
	})
}

// TestADescriptionThatLagsCausesNoSecondStatement, and nobody is answered before
// it shows the column.
func TestADescriptionThatLagsCausesNoSecondStatement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := openDesk(t, 6)
		d.table.Lag = 5 * time.Second
		began := time.Now()
		a := d.ask("K")
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if len(d.table.ran) != 1 || !a.ready() || a.at.Sub(began) < d.table.Lag {
			t.Errorf("%d statements, answered %v after %s", len(d.table.ran), a.ready(), a.at.Sub(began))
		}
		d.close(a)
	})
}

// TestAGenerationBeginsWithWhatTheTableIsThen: a table that was replaced has lost
// its columns, and so has what is known of it, even while a statement waits for
// its turn.
func TestAGenerationBeginsWithWhatTheTableIsThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := openDesk(t, 1)
		a := d.ask("K")
		time.Sleep(time.Second)
		synctest.Wait()
		if !a.ready() || d.known.Load().Find("K") < 0 {
			t.Fatalf("there is no column: %v", d.table.all)
		}
		d.table.Replace()
		b := d.ask("L") // no statement is due for a minute
		time.Sleep(time.Second)
		synctest.Wait()
		begins := d.ask("")
		time.Sleep(time.Second)
		synctest.Wait()
		if b.ready() || !begins.ready() || d.known.Load().Find("K") >= 0 {
			t.Errorf("answered %v, %v; known %+v", b.ready(), begins.ready(), d.known.Load().List())
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if !b.ready() {
			t.Error("the statement that waited was never run")
		}
		d.close(a, b, begins)
	})
}

// TestATableThatIsMadeWhileItIsLookedForIsNoTrouble: on_missing_table: create
// makes it with the first channel, whose question comes before the answer to an
// older look at nothing.
func TestATableThatIsMadeWhileItIsLookedForIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := openDesk(t, 6, func(d *desk) {
			d.table.Latency = 5 * time.Second
			d.cloud.Play(func(op string, n int) actorstest.Effect {
				if op == "DescribeTable" && n == 1 {
					return actorstest.Effect{Err: actorstest.Refusal(messages.Rejected, messages.ReasonMissing, messages.TargetMissing)}
				}
				return actorstest.Effect{}
			})
		})
		time.Sleep(time.Second)
		synctest.Wait()
		begins := d.ask("")
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if !begins.ready() || begins.fault != nil {
			t.Errorf("answered %v, refused %v", begins.ready(), begins.fault)
		}
		d.told.Range(func(what, _ any) bool {
			t.Errorf("told %v", what)
			return true
		})
		d.close(begins)
	})
}

// TestAColumnThatSomebodyDropsIsNoticed within the time after which a
// description is made anew, though nobody asks: told once, with the time at
// which it was seen last, and made again for who asks next. A look that fails is
// nobody's trouble.
func TestAColumnThatSomebodyDropsIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := openDesk(t, 6)
		a := d.ask("K")
		time.Sleep(time.Second)
		synctest.Wait()
		d.table.Replace()
		dropped := time.Now()
		d.cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "DescribeTable" && time.Since(dropped) < columnsFresh {
				return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonUnavailable, "")}
			}
			return actorstest.Effect{}
		})
		time.Sleep(2*columnsFresh + time.Second)
		synctest.Wait()
		told, there := d.told.Load("gone")
		if !there || d.known.Load().Find("K") >= 0 {
			t.Fatalf("after %s: told %v, known %+v", time.Since(dropped), told, d.known.Load().List())
		}
		e := told.(*messages.ColumnsGone)
		if !slices.Equal(e.Columns, []string{"K"}) || e.Table != "T" || e.Since.After(dropped) || e.Since.Before(dropped.Add(-time.Second)) || e.At.Sub(dropped) > 2*columnsFresh {
			t.Errorf("told %+v, dropped at %s", e, dropped)
		}
		if _, trouble := d.told.Load("trouble: the table cannot be described"); trouble {
			t.Error("a look that failed is told as trouble")
		}
		d.told.Delete("gone")
		again := d.ask("K")
		time.Sleep(3 * columnsFresh)
		synctest.Wait()
		if _, twice := d.told.Load("gone"); twice || !again.ready() {
			t.Errorf("told twice: %v; has its column: %v", twice, again.ready())
		}
		d.close(a, again)
	})
}
