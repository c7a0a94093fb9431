package main

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/chaos/proxy"
	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

const (
	streamName = "quakes"
	tableName  = "QUAKES"
)

// plan says what a world is like.
type plan struct {
	name    string
	dir     string // made by the caller
	places  int
	guests  int // more places, whose processes join and leave
	shards  int
	proxied bool // each place has its own links
	secure  bool // Kinesis is reached by HTTP/2 over TLS, as the service is
	onDisk  bool // the servers keep everything on disk
	elder   bool // the last place's process is never ended
	tuning  localcloud.Tuning
	delay   time.Duration // between acceptance and commit
	packed  int           // user records of one aggregate; 0 = none is put
	nursery *nursery
	trace   *trace
}

// world is one cloud with its fleet.
type world struct {
	*fleet
	plan   plan
	cloud  *localcloud.Cloud
	front  *front // of Kinesis; nil = none
	clocks *clocks
	log    *putLog
	table  int64
	data   []string // data_dirs; the first one is what processes begin with
	tally  tally
	spoils spoils

	carried carried
}

// newWorld starts the cloud and lays out the places; no process runs yet.
// Close it in any case.
func newWorld(p plan) (w *world, err error) {
	w = &world{plan: p, clocks: newClocks(), log: newPutLog(), fleet: &fleet{nursery: p.nursery, trace: p.trace}}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	o := localcloud.Options{
		Streams: []localcloud.Stream{{Name: streamName, Shards: p.shards}}, Tables: []string{tableName}, Columns: []string{`"N" NUMBER(38,0)`, `"V" VARCHAR`},
		CommitDelay: p.delay, Tuning: p.tuning,
		Clocks:        localcloud.Clocks{DynamoDB: w.clocks[dynamodb].now, Snowflake: w.clocks[snowflake].now},
		Subscriptions: localcloud.Subscriptions{Life: subscriptionLife},
	}
	if p.onDisk {
		o.Dir = filepath.Join(p.dir, "cloud")
	}
	if w.cloud, err = localcloud.Start(o); err != nil {
		return w, err
	}
	t, ok := w.cloud.Snowflake.Catalog().Table(localcloud.Database, localcloud.Schema, tableName)
	if !ok {
		return w, errors.New("the cloud has no table " + tableName)
	}
	w.table = t.ID
	for _, name := range []string{"data", "data-b"} {
		w.data = append(w.data, filepath.Join(p.dir, name))
	}
	if p.secure {
		if w.front, err = newFront(w.cloud.Kinesis, p.dir); err != nil {
			return w, err
		}
		w.variables = append(w.variables, "SSL_CERT_FILE="+w.front.trust)
	}
	for i := range p.places + p.guests {
		if err := w.lay(i); err != nil {
			return w, err
		}
	}
	return w, nil
}

func dataDirName(dir string) string { return filepath.Base(dir) }

// lay makes a place: links, log and configurations.
func (w *world) lay(number int) error {
	p := &place{number: number, configs: map[configured]string{}, elder: w.plan.elder && number == w.plan.places-1, guest: number >= w.plan.places}
	secrets, err := secretsOf(w.cloud.Ready().PrivateKeyFile)
	if err != nil {
		return err
	}
	w.places = append(w.places, p)
	if p.log, err = newChildLog(filepath.Join(w.plan.dir, p.name()+".log"), p.name(), secrets); err != nil {
		return err
	}
	addresses := []string{w.cloud.Kinesis.URL(), w.cloud.Dynamo.URL(), w.cloud.Snowflake.URL()}
	if w.front != nil {
		addresses[kinesis] = w.front.URL
	}
	if w.plan.proxied {
		for i, address := range addresses {
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			if p.links[i], err = proxy.Listen(u.Host, refusals...); err != nil {
				return err
			}
			addresses[i] = u.Scheme + "://" + p.links[i].Address()
		}
	}
	for _, data := range w.data {
		for _, reads := range []transport{polling, fanOut} {
			path := filepath.Join(w.plan.dir, p.name()+"-"+dataDirName(data)+"-"+string(reads)+".yaml")
			if err := w.configure(path, configured{data, reads}, addresses); err != nil {
				return err
			}
			p.configs[configured{data, reads}] = path
		}
	}
	return nil
}

// rows is how many rows the table has by the server's own commits. Nothing is
// ever deleted, so the next row's ID says it.
func (w *world) rows() int64 {
	next, err := w.cloud.Snowflake.Store().NextID(w.table)
	if err != nil {
		w.tell("the server cannot count its rows: %v", err)
	}
	return next - 1
}

// landed yields the rows from an ID on, in the order of their commits.
func (w *world) landed(from int64, yield func(rowstore.Row) bool) error {
	return w.cloud.Snowflake.Store().Scan(w.table, from, yield)
}

// shards lists the stream's shards by number.
func (w *world) shards() []localkinesis.ShardInfo {
	for _, s := range w.cloud.Kinesis.Streams() {
		if s.Name == streamName {
			return s.Shards
		}
	}
	return nil
}

// owners tells who holds each shard, by the lease table: shard id to
// node/process.
func (w *world) owners() map[string]string {
	owners := map[string]string{}
	for _, item := range w.cloud.Dynamo.Items(localcloud.LeaseTable(streamName)) {
		shard, _ := item["shardId"].(string)
		owner, _ := item["leaseOwner"].(string)
		state, _ := item["shardState"].(string)
		if strings.HasPrefix(shard, exact.ShardPrefix) && owner != "" && state != "SHARD_END" {
			owners[shard] = owner
		}
	}
	return owners
}

// calm ends all mischief: links, clocks, limits, faults.
func (w *world) calm() {
	w.skew(kinesis, 0)
	w.skew(dynamodb, 0)
	w.skew(snowflake, 0)
	for _, action := range spoiledActions {
		action.injector(w.cloud).Set(action.name, nil)
	}
	w.cloud.Kinesis.EventFaults(nil)
	for _, p := range w.places {
		for _, l := range p.links {
			if l != nil {
				l.Set(proxy.Mood{})
			}
		}
		if c := p.now(); c != nil {
			c.thaw()
			if canFillDisks {
				_ = freeDisk(c.pid()) // it may be gone by now
			}
		}
	}
}

// close ends processes, links and cloud. It returns what the logs show.
func (w *world) close() (trouble []string) {
	w.end()
	w.trace.close()
	for _, p := range w.places {
		for _, l := range p.links {
			if l != nil {
				l.Close()
			}
		}
		if p.log != nil {
			trouble = append(trouble, p.log.close()...)
		}
	}
	if w.front != nil {
		w.front.close()
	}
	if w.cloud != nil {
		if err := w.cloud.Snowflake.Err(); err != nil {
			trouble = append(trouble, fmt.Sprintf("the local Snowflake: %v", err))
		}
		if err := w.cloud.Close(); err != nil {
			trouble = append(trouble, fmt.Sprintf("the local cloud: %v", err))
		}
	}
	return trouble
}

// effects sums up what the links did.
func (w *world) effects() (e proxy.Effects) {
	for _, p := range w.places {
		for _, l := range p.links {
			if l != nil {
				e = e.Add(l.Effects())
			}
		}
	}
	return e
}
