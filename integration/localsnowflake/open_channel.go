package localsnowflake

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

type openRequest struct {
	OffsetToken           *string `json:"offset_token"`
	FailOnUncommittedRows bool    `json:"fail_on_uncommitted_rows"`
}

// openChannel answers PUT .../pipes/P/channels/C (spec 1.6). It creates the
// channel, or opens it again: the client sequencer grows, so that every older
// continuation token is stale, and uncommitted rows are dropped - or the
// request refused with 409 when it says fail_on_uncommitted_rows. offset_token
// becomes the committed token of a channel that has none; that it does not
// replace one is an assumption (docs/unproven.md). An empty one is none.
func (s *Server) openChannel(w http.ResponseWriter, r *http.Request, t target) {
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
	if err := checkChannelName(t.channel); err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.ensurePipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	opened, next, err := s.open(pipe, t.channel, who.Role, request)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"next_continuation_token": next.String(),
		"channel_status":          s.status(opened, RowsErrorCount),
		"status_code":             0,
		"message":                 "Success",
	})
}

func checkChannelName(name string) error {
	switch {
	case isElastic(name):
		return refuse(http.StatusBadRequest, CodeInvalidRequest, "channel name ELASTIC is reserved")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return refuse(http.StatusBadRequest, CodeInvalidRequest, "channel name is not UTF-8 without control characters")
	case len(name) > maxNameBytes:
		return refuse(http.StatusBadRequest, CodeInvalidRequest, fmt.Sprintf("channel name has %d bytes, at most %d are allowed", len(name), maxNameBytes))
	}
	return nil
}

// open has the effect of an open. It is durable before it is answered: a
// fence that a crash forgets would be none.
func (s *Server) open(pipe *catalog.Pipe, name, role string, request openRequest) (record, continuation, error) {
	s.durable.Lock()
	defer s.durable.Unlock()
	now := s.options.Now()
	s.channels.mu.Lock()
	ch, err := s.channels.find(keyOf(pipe, name), now)
	switch {
	case err != nil && s.channels.ofPipe(pipe.ID) >= s.options.MaxChannelsPerPipe:
		s.channels.mu.Unlock()
		return record{}, continuation{}, refuse(http.StatusBadRequest, statusChannelLimit,
			fmt.Sprintf("the pipe has %d channels, its limit", s.options.MaxChannelsPerPipe))
	case err != nil:
		ch = s.channels.create(pipe, name, role, now)
	case request.FailOnUncommittedRows && len(ch.pending) > 0:
		err := s.refuseOpen(ch)
		s.channels.mu.Unlock()
		return record{}, continuation{}, err
	default:
		ch.open(role, now)
	}
	if isToken(request.OffsetToken) && !isToken(ch.Committed) {
		ch.Committed = request.OffsetToken
	}
	opened, next := ch.record, ch.continuation()
	s.channels.mu.Unlock()
	return opened, next, s.save(opened)
}

func isToken(token *string) bool { return token != nil && *token != "" }

// refuseOpen is called with channels.mu held. That a refused open has no
// effect is an assumption; Options.RefusedOpen makes it wrong.
func (s *Server) refuseOpen(ch *channel) error {
	switch s.options.RefusedOpen {
	case RefusedOpenFences:
		ch.Client++
	case RefusedOpenDiscards:
		ch.Client++
		ch.discard()
	}
	return refuse(http.StatusConflict, CodeUncommitted, fmt.Sprintf("channel has %d uncommitted appends", len(ch.pending)))
}

// save makes a channel's record durable.
func (s *Server) save(r record) error {
	state, err := r.state()
	if err != nil {
		return err
	}
	return s.store.Commit(rowstore.Transaction{State: []rowstore.State{state}})
}
