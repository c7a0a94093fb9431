package localsnowflake

import (
	"net/http"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// dropChannel answers DELETE .../pipes/P/channels/C (spec 1.10). The offset
// token and uncommitted rows go with the channel; with
// fail_on_uncommitted_rows such rows refuse the request with 409.
func (s *Server) dropChannel(w http.ResponseWriter, r *http.Request, t target) {
	who, err := s.auth.ingest(r)
	if err != nil {
		writeError(w, err)
		return
	}
	var request openRequest
	if err := readJSON(r, &request); err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.pipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	if err := s.drop(pipe, t.channel, request); err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"status_code": 0, "message": "Success"})
}

func (s *Server) drop(pipe *catalog.Pipe, name string, request openRequest) error {
	s.durable.Lock()
	defer s.durable.Unlock()
	s.channels.mu.Lock()
	ch, err := s.channels.find(keyOf(pipe, name), s.options.Now())
	if err == nil && request.FailOnUncommittedRows && len(ch.pending) > 0 {
		err = refuse(http.StatusConflict, CodeUncommitted, "channel has uncommitted appends")
	}
	if err != nil {
		s.channels.mu.Unlock()
		return err
	}
	gone := s.forget(ch)
	s.channels.mu.Unlock()
	return s.store.Commit(rowstore.Transaction{State: gone})
}

// forget removes a channel and returns the state to store. Called with
// channels.mu held.
func (s *Server) forget(ch *channel) []rowstore.State {
	s.channels.remove(ch)
	gone := ch.goneState()
	if s.options.SequencerReuse {
		delete(s.channels.retired, ch.path())
		gone[len(gone)-1].Value = nil
	}
	return gone
}
