package localsnowflake

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// Keys of the state kept beside the rows.
const (
	stateCatalog = "catalog"
	stateSecret  = "secret"   // signs scoped tokens
	stateChannel = "channel/" // + record.path()
	stateRetired = "retired/" // + record.path(): last client sequencer of a channel that is gone
)

func (r record) state() (rowstore.State, error) {
	value, err := json.Marshal(r)
	return rowstore.State{Key: stateChannel + r.path(), Value: value}, err
}

// goneState is what stays of a channel that is gone.
func (r record) goneState() []rowstore.State {
	return []rowstore.State{
		{Key: stateChannel + r.path()},
		{Key: stateRetired + r.path(), Value: strconv.AppendInt(nil, r.Client, 10)},
	}
}

// load brings back what an earlier process committed. What was accepted and
// not committed then is lost, so every channel must be opened again.
func (s *Server) load() error {
	state, err := s.store.LoadState(stateCatalog)
	if err != nil {
		return err
	}
	if state != nil {
		if err := s.catalog.UnmarshalState(state); err != nil {
			return err
		}
	}
	if s.auth.secret, err = s.store.LoadState(stateSecret); err != nil {
		return err
	}
	if s.auth.secret == nil {
		s.auth.secret = make([]byte, 32)
		rand.Read(s.auth.secret)
		if err := s.store.SaveState(stateSecret, s.auth.secret); err != nil {
			return err
		}
	}
	if err := s.loadRetired(); err != nil {
		return err
	}
	return s.loadChannels()
}

func (s *Server) loadRetired() error {
	var broken error
	err := s.store.States(stateRetired, func(key string, value []byte) bool {
		client, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			broken = fmt.Errorf("state %q: %w", key, err)
			return false
		}
		s.channels.retired[strings.TrimPrefix(key, stateRetired)] = client
		return true
	})
	if err != nil {
		return err
	}
	return broken
}

func (s *Server) loadChannels() error {
	var broken error
	err := s.store.States(stateChannel, func(key string, value []byte) bool {
		ch := &channel{next: 1}
		if err := json.Unmarshal(value, &ch.record); err != nil {
			broken = fmt.Errorf("state %q: %w", key, err)
			return false
		}
		s.channels.lastCreated = max(s.channels.lastCreated, ch.CreatedOnMs)
		pipe, ok := s.catalog.Pipe(ch.Database, ch.Schema, ch.Pipe)
		if !ok || pipe.ID != ch.PipeID {
			s.channels.retired[ch.path()] = ch.Client
			return true
		}
		ch.pipe = pipe
		if !isElastic(ch.Name) {
			ch.invalidate(CodeMustReopen, "the service was restarted")
		}
		s.channels.byKey[keyOf(pipe, ch.Name)] = ch
		return true
	})
	if err != nil {
		return err
	}
	return broken
}

// saveCatalog writes the catalog's newest state; a later caller never writes
// an older one.
func (s *Server) saveCatalog() error {
	s.catalogSave.Lock()
	defer s.catalogSave.Unlock()
	state, err := s.catalog.MarshalState()
	if err != nil {
		return err
	}
	return s.store.SaveState(stateCatalog, state)
}
