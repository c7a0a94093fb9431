package supervisor_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/supervisor"
)

// saboteur is a middleware that lets actors die at random: a hundredth of their
// messages are lost before they are handled, or are the last that is handled.
type saboteur struct {
	mu    sync.Mutex // actors come at the same time
	dice  *rand.Rand
	calm  bool
	kills int
}

func (s *saboteur) middleware(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		s.strike(c.Self(), "before")
		next(c, envelope)
		s.strike(c.Self(), "after")
	}
}

func (s *saboteur) strike(victim *actor.PID, when string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The connector itself is spared: who restarts it is the host's to say.
	if !s.calm && strings.Contains(victim.Id, "/") && s.dice.IntN(200) == 0 {
		s.kills++
		panic("sabotage " + when + " a message of " + victim.Id)
	}
}

// struck is how many it killed so far.
func (s *saboteur) struck() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kills
}

func (s *saboteur) rest() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = true
	return s.kills
}

// A service tests that its own table survives whatever happens to the
// connector inside it: actors die at random while records flow, and in the end
// the service counts its own rows.
func Example_chaos() {
	if err := chaos(1, 300); err != nil { // seed, records
		fmt.Println(err)
	}
	// Output:
	// it was sabotaged: true
	// 300 rows, 300 different
}

func chaos(seed uint64, records int) error {
	cloud, err := localcloud.Start(localcloud.Options{
		CommitDelay: 50 * time.Millisecond,
		Tuning:      localcloud.Tuning{LeaseDuration: 3 * time.Second, LeaseRenew: 500 * time.Millisecond, Linger: 20 * time.Millisecond},
	})
	if err != nil {
		return err
	}
	defer cloud.Close()
	file, err := supervisor.Load(cloud.ConfigFile(), os.LookupEnv)
	if err != nil {
		return err
	}

	s := &saboteur{dice: rand.New(rand.NewPCG(seed, 0))}
	props, err := supervisor.New("orders", file.Connectors["orders"], supervisor.Host{Middleware: []actor.ReceiverMiddleware{s.middleware}})
	if err != nil {
		return err
	}
	quiet := actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) })
	system := actor.NewActorSystem(quiet) // the service's own
	pid, err := system.Root.SpawnNamed(props, "kinesis-orders")
	if err != nil {
		return err
	}

	for i := range records { // while it works, and dies
		record := localkinesis.Record{PartitionKey: fmt.Sprint("customer-", i%7), Data: fmt.Appendf(nil, `{"n":%d}`, i)}
		if _, err := cloud.Kinesis.PutRecords("orders", []localkinesis.Record{record}); err != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	deadline := time.Now().Add(time.Minute)
	for s.struck() == 0 && time.Now().Before(deadline) { // it may have been late to begin
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("it was sabotaged:", s.rest() > 0)

	db, err := localcloud.Open(cloud.Login())
	if err != nil {
		return err
	}
	defer db.Close()
	deadline = time.Now().Add(time.Minute)
	for there := 0; there < records && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if _, there, err = count(db); err != nil {
			return err
		}
	}
	// Whatever would come twice has come when it has drained.
	if err := supervisor.Wait(system, []*actor.PID{pid}, time.Minute); err != nil {
		return err
	}
	rows, different, err := count(db)
	if err != nil {
		return err
	}
	fmt.Println(rows, "rows,", different, "different")
	return nil
}

// count counts the service's own rows.
func count(db *sql.DB) (rows, different int, err error) {
	err = db.QueryRow("SELECT COUNT(*), COUNT(DISTINCT n) FROM ORDERS").Scan(&rows, &different)
	return rows, different, err
}
