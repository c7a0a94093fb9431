package supervisor

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// meter carries requests into a localdynamo's handler, inside a bubble, and
// counts the writes of each second.
type meter struct {
	server *localdynamo.Server
	began  time.Time

	mu        sync.Mutex
	limit     int   // writes a second, from which on it throttles; 0 = none
	writes    []int // by second since it began, those that are throttled left out
	throttled int
	denied    []string
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
	switch action {
	case "UpdateItem", "PutItem", "TransactWriteItems": // what fails is charged, too
		if !m.charge() {
			answer.WriteHeader(http.StatusBadRequest)
			answer.WriteString(`{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}`)
			return answer.Result(), nil
		}
	}
	m.server.Handler().ServeHTTP(answer, served)
	if strings.Contains(answer.Body.String(), "AccessDenied") {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.denied = append(m.denied, action)
	}
	return answer.Result(), nil
}

// charge counts a write; it reports false where this second has had enough.
func (m *meter) charge() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	second := int(time.Since(m.began) / time.Second)
	for len(m.writes) <= second {
		m.writes = append(m.writes, 0)
	}
	if m.limit > 0 && m.writes[second] >= m.limit {
		m.throttled++
		return false
	}
	m.writes[second]++
	return true
}

// throttle sets what the table takes a second; 0 = whatever comes.
func (m *meter) throttle(limit int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limit = limit
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

// refusals is how many writes were throttled.
func (m *meter) refusals() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.throttled
}

// owners are the shards' owners and epochs: a lease that was lost and taken back
// counts its epoch up.
func (m *meter) owners(shards int) (owners []string) {
	for i := range shards {
		row := m.server.Item("app", "orders", string(actorstest.ShardID(i)))
		owners = append(owners, fmt.Sprint(row["leaseOwner"], " ", row["leaseEpoch"]))
	}
	return owners
}

// meteredFleet is a cloud whose lease table is a localdynamo under Openflow's
// policy.
func meteredFleet(t *testing.T, shards int) (*chaosWorld, *meter) {
	t.Helper()
	server, err := localdynamo.New(localdynamo.Options{Policy: localdynamo.OpenflowPolicy("app")})
	if err != nil {
		t.Fatal(err)
	}
	return fleetOf(t, shards), &meter{server: server, began: time.Now()}
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
