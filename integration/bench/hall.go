package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// What the server process of servers runs can serve: one at a time, made anew
// for every run, but for the stream to read, which is loaded once.
const (
	sceneYardstick = "yardstick"
	sceneWrite     = "write"  // localkinesis, an empty stream
	sceneRead      = "read"   // localkinesis, a stream with all records
	sceneMemory    = "memory" // localsnowflake, rows in memory
	sceneSQLite    = "sqlite" // localsnowflake, rows in SQLite
)

// hallShards is the shards of the streams, hallToken the credential of appends.
const (
	hallShards = 4
	hallToken  = "bench-token"
)

// hallJob tells the server process of servers runs what to load.
type hallJob struct {
	Records int64 // in the stream to read
	Size    int   // bytes of one
	Profile string
}

// hall is the server process of servers runs.
type hall struct {
	reading   *localkinesis.Server
	at        endpoints
	kinesis   *localkinesis.Server
	snowflake *localsnowflake.Server
	table     int64
	dir       string
	end       func() error // of the present scene
	want      int64        // records or rows
	scene     string
	consumers int
}

func hallRole(argument string) error {
	var j hallJob
	if err := json.Unmarshal([]byte(argument), &j); err != nil {
		return err
	}
	h, err := newHall(j)
	if err != nil {
		return err
	}
	if j.Profile != "" {
		file, err := os.Create(j.Profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	return errors.Join(obey(h.at, func(o order) (endpoints, error) {
		if o.Verdict {
			return h.at, h.verdict()
		}
		return h.at, h.begin(o.Scene, o.Records)
	}), h.leave())
}

// newHall loads the stream to read and opens the yardstick.
func newHall(j hallJob) (h *hall, err error) {
	h = &hall{end: func() error { return nil }}
	if h.reading, err = streamServer(); err != nil {
		return nil, err
	}
	if err := loadStream(h.reading, j); err != nil {
		return nil, err
	}
	arn, err := h.reading.RegisterConsumer(streamName, "yardstick")
	if err != nil {
		return nil, err
	}
	y, err := newYardstick(h.reading.URL(), arn)
	if err != nil {
		return nil, err
	}
	h.at.Yardstick, err = serve(y)
	return h, err
}

func streamServer() (*localkinesis.Server, error) {
	s, err := localkinesis.Start(localkinesis.Options{})
	if err != nil {
		return nil, err
	}
	return s, s.CreateStream(streamName, hallShards)
}

// loadStream puts as many records into each shard.
func loadStream(s *localkinesis.Server, j hallJob) error {
	events := makeEvents(j.Size)
	for i := int64(0); i < j.Records; {
		var records []localkinesis.Record
		for ; len(records) < 500 && i < j.Records; i++ {
			e := &events[i%distinct]
			records = append(records, localkinesis.Record{PartitionKey: e.key, ExplicitHashKey: hashKeyOf(int(i % hallShards)), Data: e.data})
		}
		if _, err := s.PutRecords(streamName, records); err != nil {
			return err
		}
	}
	return nil
}

// hashKeyOf is a hash key in the range of a shard of a stream of hallShards.
func hashKeyOf(shard int) string {
	width := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(hallShards))
	return width.Mul(width, big.NewInt(int64(shard))).Add(width, big.NewInt(1)).String()
}

// begin ends the scene before and starts a new one.
func (h *hall) begin(scene string, want int64) (err error) {
	if err := h.leave(); err != nil {
		return err
	}
	h.scene, h.want = scene, want
	h.at.Kinesis, h.at.Snowflake = h.at.Yardstick, h.at.Yardstick
	switch scene {
	case sceneWrite:
		if h.kinesis, err = streamServer(); err != nil {
			return err
		}
		h.at.Kinesis, h.end = h.kinesis.URL(), h.kinesis.Close
	case sceneRead:
		h.at.Kinesis = h.reading.URL()
		return h.nextConsumer()
	case sceneMemory:
		return h.beginSnowflake(localsnowflake.Options{Account: account})
	case sceneSQLite:
		if h.dir, err = os.MkdirTemp("", "kinesnow-bench-"); err != nil {
			return err
		}
		return h.beginSnowflake(localsnowflake.Options{Account: account, Dir: h.dir})
	}
	return nil
}

// nextConsumer registers a consumer for this run alone: for five seconds nobody
// may take over a subscription of the run before.
func (h *hall) nextConsumer() (err error) {
	h.consumers++
	name := fmt.Sprint("run-", h.consumers)
	if h.at.Consumer, err = h.reading.RegisterConsumer(streamName, name); err != nil {
		return err
	}
	arn := h.at.Consumer
	h.end = func() error {
		_, err := callKinesis(h.reading.URL(), "DeregisterStreamConsumer", map[string]any{"ConsumerARN": arn})
		return err
	}
	return nil
}

func (h *hall) leave() error {
	err := h.end()
	if h.dir != "" {
		err = errors.Join(err, os.RemoveAll(h.dir))
	}
	h.kinesis, h.snowflake, h.dir, h.end = nil, nil, "", func() error { return nil }
	runtime.GC() // none of one run's garbage is collected in the next
	return err
}

// beginSnowflake starts an account with the table that the connector makes.
func (h *hall) beginSnowflake(o localsnowflake.Options) (err error) {
	if h.snowflake, err = localsnowflake.Start(o); err != nil {
		return err
	}
	h.at.Snowflake, h.end = h.snowflake.URL(), h.snowflake.Close
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	if h.table, err = makeTable(h.snowflake, &key.PublicKey, true); err != nil {
		return err
	}
	return h.snowflake.RegisterToken(localsnowflake.ProgrammaticAccessToken, hallToken, user, role, time.Time{})
}

// makeTable makes user, role and the table of appends.
func makeTable(s *localsnowflake.Server, key *rsa.PublicKey, evolving bool) (id int64, err error) {
	c := s.Catalog()
	if _, err := c.CreateRole(role, catalog.AccountAdmin, "", catalog.Keep); err != nil {
		return 0, err
	}
	if err := s.RegisterUser(user, role, key); err != nil {
		return 0, err
	}
	if _, err := c.CreateDatabase(database, role, catalog.Keep); err != nil {
		return 0, err
	}
	if _, err := c.CreateSchema(database, schema, role, catalog.Keep); err != nil {
		return 0, err
	}
	t, _, err := c.CreateTable(catalog.Table{
		Database: database, Schema: schema, Name: backlogTable, Evolution: evolving, ErrorLogging: evolving,
		Columns: []catalog.Column{{Name: "KINESISMETADATA", Type: catalog.Type{Name: "OBJECT"}, Nullable: true}},
	}, catalog.Keep)
	if err != nil {
		return 0, err
	}
	return t.ID, c.GiveOwnership(catalog.OnTable, t.ID, role)
}

// verdict says what is wrong with what the run left behind.
func (h *hall) verdict() error {
	got := h.want
	switch h.scene {
	case sceneWrite:
		got = h.kinesis.RecordsPut()
	case sceneMemory, sceneSQLite:
		var err error
		if got, err = h.snowflake.Store().Count(h.table); err != nil {
			return err
		}
		if err := h.snowflake.Err(); err != nil {
			return err
		}
	}
	if got != h.want {
		return fmt.Errorf("%s: %d records arrived, want %d", h.scene, got, h.want)
	}
	return nil
}
