package localkinesis

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// disk is Options.Dir: one folder per stream, named NAME-ID, with stream.json
// and the segments of its shards.
type disk struct {
	dir  string
	lock *os.File
}

// openDisk takes the directory for this process.
func openDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(lock); err != nil {
		lock.Close()
		return nil, fmt.Errorf("%s is in use by another process; stop it or give another directory: %w", dir, err)
	}
	return &disk{dir: dir, lock: lock}, nil
}

func (d *disk) close() error { return d.lock.Close() }

// create makes the folder of a new stream.
func (d *disk) create(st *stream) error {
	st.disk = &streamDir{path: filepath.Join(d.dir, fmt.Sprintf("%s-%016x", st.name, st.id))}
	return os.Mkdir(st.disk.path, 0o700)
}

// streamDir is the folder of one stream.
type streamDir struct{ path string }

func (d *streamDir) description() string { return filepath.Join(d.path, "stream.json") }

func (d *streamDir) segments(number uint32) *segments { return &segments{dir: d.path, number: number} }

// remove deletes the stream's files, the description first: a folder without
// one is no stream.
func (d *streamDir) remove() error {
	err := os.Remove(d.description())
	return errors.Join(err, os.RemoveAll(d.path))
}

// streamFile is stream.json.
type streamFile struct {
	Name      string
	ID        uint64
	Created   int64 // ms since the epoch
	Mode      string
	Retention time.Duration
	MaxRecord int
	Busy      string `json:",omitempty"`
	Until     int64  `json:",omitempty"`
	Shards    []shardFile

	Encryption      encryption        `json:",omitzero"`
	Tags            map[string]string `json:",omitempty"`
	Metrics         []string          `json:",omitempty"`
	Consumers       []consumerFile    `json:",omitempty"`
	ConsumerSeconds map[string]int64  `json:",omitempty"`
}

type shardFile struct {
	Start, End string // hash keys
	Parents    []int  `json:",omitempty"` // numbers
	Created    int64  // s since the epoch
	Opened     int64  // ms since the epoch
	Closed     int64  `json:",omitempty"` // ms since the epoch
}

// save replaces the description in one step.
func (d *streamDir) save(st *stream) error {
	file := streamFile{
		Name: st.name, ID: st.id, Created: st.created, Mode: st.mode, Retention: st.retention, MaxRecord: st.maxRecord,
		Busy: st.busy, Until: st.until,
		Encryption: st.encryption, Tags: st.tags, Metrics: st.metrics, Consumers: st.consumerFiles(), ConsumerSeconds: st.consumerSeconds,
	}
	for _, sh := range st.shards {
		entry := shardFile{
			Start: sh.keys.start.String(), End: sh.keys.end.String(), Created: sh.created, Opened: sh.opened, Closed: sh.closed,
		}
		for _, id := range sh.parents {
			number, _ := parseShardID(id) // our own text
			entry.Parents = append(entry.Parents, int(number))
		}
		file.Shards = append(file.Shards, entry)
	}
	b, err := json.Marshal(file)
	if err != nil {
		return err
	}
	temporary := d.description() + ".new"
	if err := os.WriteFile(temporary, b, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, d.description())
}

// load reads all streams of the directory.
func (s *Server) load() error {
	folders, err := os.ReadDir(s.disk.dir)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		dir := &streamDir{path: filepath.Join(s.disk.dir, folder.Name())}
		st, err := dir.load()
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", dir.path, err)
		}
		st.limits = s.options.Limits
		s.streams[st.name] = st
	}
	return nil
}

func (d *streamDir) load() (*stream, error) {
	b, err := os.ReadFile(d.description())
	if err != nil {
		return nil, err
	}
	var file streamFile
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("stream.json: %w", err)
	}
	st := &stream{
		name: file.Name, id: file.ID, created: file.Created, mode: file.Mode, retention: file.Retention, maxRecord: file.MaxRecord,
		busy: file.Busy, until: file.Until, disk: d,
		encryption: file.Encryption, tags: file.Tags, metrics: file.Metrics, consumers: map[string]*consumer{}, consumerSeconds: file.ConsumerSeconds,
	}
	if st.consumerSeconds == nil {
		st.consumerSeconds = map[string]int64{}
	}
	for _, entry := range file.Consumers {
		st.consumers[entry.Name] = entry.consumer()
	}
	for i, entry := range file.Shards {
		if err := st.loadShard(uint32(i), entry); err != nil {
			return nil, err
		}
	}
	st.sortOpen()
	return st, nil
}

func (st *stream) loadShard(number uint32, entry shardFile) error {
	start, startOK := parseHashKey(entry.Start)
	end, endOK := parseHashKey(entry.End)
	if !startOK || !endOK {
		return fmt.Errorf("stream.json: %s: no hash key range %q..%q", shardID(number), entry.Start, entry.End)
	}
	sh := &shard{
		id: shardID(number), number: number, keys: hashRange{start, end},
		created: entry.Created, opened: entry.Opened, closed: entry.Closed, log: st.disk.segments(number),
	}
	for _, parent := range entry.Parents {
		if parent < 0 || parent >= len(st.shards) {
			return fmt.Errorf("stream.json: %s: no parent shard %d", sh.id, parent)
		}
		sh.parents = append(sh.parents, st.shards[parent].id)
		st.shards[parent].children = append(st.shards[parent].children, sh)
	}
	st.shards = append(st.shards, sh)
	return sh.log.load(sh)
}

// close releases the files of all shards.
func (st *stream) close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	var errs []error
	for _, sh := range st.shards {
		sh.mu.Lock()
		if sh.log != nil {
			errs = append(errs, sh.log.close())
		}
		sh.mu.Unlock()
	}
	return errors.Join(errs...)
}
