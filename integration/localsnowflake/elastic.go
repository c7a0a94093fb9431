package localsnowflake

import (
	"net/http"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// elasticChannel is the reserved name of the unordered channel of each pipe.
// It is always open, and has neither continuation nor offset tokens.
const elasticChannel = "ELASTIC"

func isElastic(name string) bool { return strings.EqualFold(name, elasticChannel) }

// elasticRows answers POST /data/.../pipes/P/channels/ELASTIC/rows (spec
// 1.10): rows without a channel of their own. 200 says that they are
// committed. A request that is repeated lands its rows again.
func (s *Server) elasticRows(w http.ResponseWriter, r *http.Request, t target) {
	s.elastic(w, r, t, func(*catalog.Pipe) (*batch, error) {
		body, err := s.unpacker.body(r)
		return &batch{body: body}, err
	})
}

// tableRows answers POST /data/.../tables/T/rows: the same by the name of the
// table. It creates the table's default pipe.
func (s *Server) tableRows(w http.ResponseWriter, r *http.Request, t target) {
	if name, quoted := strings.CutSuffix(t.pipe, `"`); quoted {
		t.pipe = name + catalog.StreamingSuffix + `"`
	} else {
		t.pipe += catalog.StreamingSuffix
	}
	s.elasticRows(w, r, t)
}

// elasticFiles answers POST /data/.../channels/ELASTIC/filebuffer.
func (s *Server) elasticFiles(w http.ResponseWriter, r *http.Request, t target) {
	s.elastic(w, r, t, func(pipe *catalog.Pipe) (*batch, error) { return s.fragments(r, pipe) })
}

func (s *Server) elastic(w http.ResponseWriter, r *http.Request, t target, read func(*catalog.Pipe) (*batch, error)) {
	who, err := s.auth.ingest(r)
	if err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.ensurePipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	for _, name := range []string{"continuationToken", "offsetToken", "startOffsetToken", "endOffsetToken"} {
		if r.URL.Query().Has(name) {
			writeError(w, refuse(http.StatusBadRequest, CodeInvalidRequest, name+" has no meaning for the elastic channel"))
			return
		}
	}
	b, err := read(pipe)
	if err == nil {
		err = s.commitNow(pipe, who.Role, b)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	// The token means nothing here, but Snowflake's SDKs do not take an answer without.
	writeJSON(w, http.StatusOK, map[string]any{"next_continuation_token": "", "status_code": 0, "message": "OK"})
}

// commitNow commits a batch of the elastic channel before it returns.
func (s *Server) commitNow(pipe *catalog.Pipe, role string, b *batch) error {
	b.accepted, b.end = time.Now(), nil
	s.durable.Lock()
	defer s.durable.Unlock()
	if s.committer.stalled.Load() {
		return refuse(http.StatusServiceUnavailable, "", "commits are held back")
	}
	s.channels.mu.Lock()
	ch := s.elasticOf(pipe)
	work := &commitWork{channel: ch, batches: []*batch{b}, after: ch.record}
	s.channels.mu.Unlock()
	work.after.Role = role
	var tx rowstore.Transaction
	if err := s.committer.worker.run(work, &tx); err != nil {
		return err
	}
	if work.done == 0 {
		return refuse(statusOf(work.after.Code), work.after.Code, work.after.Message)
	}
	state, err := work.after.state()
	if err != nil {
		return err
	}
	tx.State = append(tx.State, state)
	if err := s.store.Commit(tx); err != nil {
		return err
	}
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	ch.record = work.after
	return nil
}

// elasticOf finds the elastic channel of a pipe, which begins with the pipe's
// first use of it. Called with channels.mu held.
func (s *Server) elasticOf(pipe *catalog.Pipe) *channel {
	if ch := s.channels.byKey[keyOf(pipe, elasticChannel)]; ch != nil {
		return ch
	}
	return s.channels.create(pipe, elasticChannel, "", s.options.Now())
}
