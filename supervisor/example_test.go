package supervisor_test

import (
	"fmt"
	"os"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// orderDesk is an actor of the host's own. It lives in the same system as the
// connectors, and asks them how they are.
type orderDesk struct{ connectors []*actor.PID }

type report struct{}

func (d *orderDesk) Receive(c actor.Context) {
	if _, ok := c.Message().(*report); !ok {
		return
	}
	caughtUp := 0
	for _, pid := range d.connectors {
		answer, err := c.ActorSystem().Root.RequestFuture(pid, &messages.Inspect{}, time.Second).Result()
		if state, ok := answer.(*messages.State); err == nil && ok && state.CaughtUp() {
			caughtUp++
		}
	}
	c.Respond(caughtUp)
}

// A larger service embeds two connectors in its own actor system, beside its
// own actors. They share one byte budget.
func Example() {
	cloud, err := localcloud.Start(localcloud.Options{
		Streams:     []localcloud.Stream{{Name: "orders", Shards: 2}, {Name: "clicks", Shards: 1}},
		CommitDelay: 50 * time.Millisecond,
		Tuning:      localcloud.Tuning{LeaseDuration: 3 * time.Second, LeaseRenew: 500 * time.Millisecond, Linger: 20 * time.Millisecond},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cloud.Close()
	for i := range 100 {
		record := localkinesis.Record{PartitionKey: fmt.Sprint("customer-", i%7), Data: fmt.Appendf(nil, `{"n":%d}`, i)}
		for _, stream := range []string{"orders", "clicks"} {
			if _, err := cloud.Kinesis.PutRecords(stream, []localkinesis.Record{record}); err != nil {
				fmt.Println(err)
			}
		}
	}

	file, err := supervisor.Load(cloud.ConfigFile(), os.LookupEnv)
	if err != nil {
		fmt.Println(err)
		return
	}
	system := actor.NewActorSystem() // the host's one and only
	budget := messages.NewBudget(64 << 20)
	desk := &orderDesk{}
	for _, name := range file.Names() {
		props, err := supervisor.New(name, file.Connectors[name], supervisor.Host{Budget: budget})
		if err != nil {
			fmt.Println(err)
			return
		}
		pid, err := system.Root.SpawnNamed(props, "kinesis-"+name)
		if err != nil {
			fmt.Println(err)
			return
		}
		desk.connectors = append(desk.connectors, pid)
	}
	host := system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor { return desk }))

	for caughtUp := 0; caughtUp < 2; time.Sleep(100 * time.Millisecond) {
		answer, err := system.Root.RequestFuture(host, &report{}, time.Minute).Result()
		if err != nil {
			fmt.Println(err)
			return
		}
		caughtUp = answer.(int)
	}
	if err := supervisor.Wait(system, desk.connectors, time.Minute); err != nil {
		fmt.Println(err)
	}

	db, err := localcloud.Open(cloud.Login())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	for _, table := range []string{"CLICKS", "ORDERS"} {
		var rows, different int
		if err := db.QueryRow("SELECT COUNT(*), COUNT(DISTINCT n) FROM "+table).Scan(&rows, &different); err != nil {
			fmt.Println(err)
		}
		fmt.Println(table, rows, "rows,", different, "different")
	}
	// Output:
	// CLICKS 100 rows, 100 different
	// ORDERS 100 rows, 100 different
}
