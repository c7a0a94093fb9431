package supervisor

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

var manyWrites = flag.Bool("writes", false, "count DynamoDB writes of 1,000 shards, too")

// meter carries requests into a localdynamo's handler, inside a bubble, and
// counts the writes of each second.
type meter struct {
	handler http.Handler
	began   time.Time

	mu     sync.Mutex
	writes []int // by second since it began
	denied []string
}

// RoundTrip implements http.RoundTripper.
func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	served := r.Clone(r.Context())
	served.Body, served.RequestURI, served.RemoteAddr = io.NopCloser(bytes.NewReader(body)), r.URL.RequestURI(), "127.0.0.1:9"
	time.Sleep(5 * time.Millisecond) // what a call takes
	answer := httptest.NewRecorder()
	m.handler.ServeHTTP(answer, served)
	m.mu.Lock()
	defer m.mu.Unlock()
	if strings.Contains(answer.Body.String(), "AccessDenied") {
		m.denied = append(m.denied, action)
	}
	switch action {
	case "UpdateItem", "PutItem", "TransactWriteItems": // what fails is charged, too
		second := int(time.Since(m.began) / time.Second)
		for len(m.writes) <= second {
			m.writes = append(m.writes, 0)
		}
		m.writes[second]++
	}
	return answer.Result(), nil
}

// rate is the writes per second from one second to another, and the most in
// ten seconds, as a rate.
func (m *meter) rate(from, to int) (mean, worst float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.writes) < to {
		m.writes = append(m.writes, 0)
	}
	sum := 0
	for s := from; s < to; s++ {
		sum += m.writes[s]
		if ten := s - from; ten >= 9 {
			in := 0
			for _, n := range m.writes[s-9 : s+1] {
				in += n
			}
			worst = max(worst, float64(in)/10)
		}
	}
	return float64(sum) / float64(to-from), worst
}

// TestDynamoDBWritesStayWithinTheirBudget: N/T + N/C < 500 a second with T and C
// of 5 s (specs/kinesis-consumption.md 6). Every shard commits again and again, the
// checkpoints ride on the renewals, and above 250 shards those are rarer: so it
// is N/T alone. It runs under the policy that Openflow's documentation gives.
func TestDynamoDBWritesStayWithinTheirBudget(t *testing.T) {
	for _, c := range []struct {
		nodes, shards int
		settle, count int // seconds
		every         time.Duration
	}{
		{nodes: 3, shards: 16, settle: 16, count: 20, every: 5 * time.Second},
		{nodes: 1, shards: 100, settle: 6, count: 10, every: 5 * time.Second},
		{nodes: 1, shards: 1000, settle: 20, count: 24, every: 8 * time.Second},
	} {
		t.Run(fmt.Sprintf("%d shards on %d nodes", c.shards, c.nodes), func(t *testing.T) {
			if c.shards > 100 && !*manyWrites {
				return // make writes
			}
			synctest.Test(t, func(t *testing.T) {
				w, m := meteredFleet(t, c.shards)
				for range c.nodes {
					w.join(m)
					time.Sleep(time.Second)
				}
				w.trickle(c.shards, c.settle+c.count)
				mean, worst := m.rate(c.nodes+c.settle, c.nodes+c.settle+c.count)
				most := float64(c.shards)/c.every.Seconds()*1.15 + float64(c.nodes)/5*1.15
				t.Logf("%.1f writes/s, %.1f in the busiest ten seconds; N/T is %.1f, N/T + N/C with 5 s %.1f",
					mean, worst, float64(c.shards)/c.every.Seconds(), float64(c.shards)*2/5)
				if mean > most || worst > 500 {
					t.Errorf("%.1f writes/s, want at most %.1f; %.1f in the busiest ten seconds, want less than 500", mean, most, worst)
				}
				if len(m.denied) > 0 {
					t.Errorf("calls against the policy: %v", m.denied)
				}
				w.endWhole()
			})
		})
	}
}

// meteredFleet is a cloud whose lease table is a localdynamo under Openflow's
// policy.
func meteredFleet(t *testing.T, shards int) (*chaosWorld, *meter) {
	t.Helper()
	server, err := localdynamo.New(localdynamo.Options{Policy: localdynamo.OpenflowPolicy("app")})
	if err != nil {
		t.Fatal(err)
	}
	return fleetOf(t, shards), &meter{handler: server.Handler(), began: time.Now()}
}

// trickle puts a record into every shard, each four seconds: within T there is
// always something to checkpoint.
func (w *chaosWorld) trickle(shards, seconds int) {
	for s := range seconds {
		for i := s % 4; i < shards; i += 4 {
			w.cloud.Stream.Put(actorstest.ShardID(i), 1)
		}
		time.Sleep(time.Second)
	}
}

// join starts a process on a metered table.
func (w *chaosWorld) join(m *meter) {
	w.t.Helper()
	w.born++
	name := fmt.Sprintf("p%d", w.born)
	p := testPlant(w.cloud, name, name, Host{Log: w.log})
	p.table = leasetable.New(leasetable.Config{
		AWS:         aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), HTTPClient: &http.Client{Transport: m}},
		Endpoint:    "http://127.0.0.1:1002",
		Application: "app", Stream: "orders",
	})
	pid, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), name)
	if err != nil {
		w.t.Fatal(err)
	}
	w.processes = append(w.processes, &process{p, pid})
}
