package localsnowflake

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// Actions of the streaming protocol, for fault hooks. The key is the
// channel's name, for BulkChannelStatus and PipeInfo the pipe's, else "".
const (
	ActionHostname             = "Hostname"
	ActionOauthToken           = "OauthToken"
	ActionGrantClient          = "GrantClient" // the authorization server's, not Snowflake's
	ActionOpenChannel          = "OpenChannel"
	ActionAppendRows           = "AppendRows"
	ActionBulkChannelStatus    = "BulkChannelStatus"
	ActionDropChannel          = "DropChannel"
	ActionPipeInfo             = "PipeInfo"
	ActionElasticAppend        = "ElasticAppend"
	ActionFileBuffer           = "FileBuffer"
	ActionPutObject            = "PutObject" // the key is the object's; refusals are S3's
	ActionSessionlessTelemetry = "SessionlessTelemetry"
)

// target is what a streaming path names, as spelled.
type target struct {
	database, schema string
	pipe             string // or table, for elastic appends
	channel          string
}

// Handler serves both protocols.
func (s *Server) Handler() http.Handler {
	if s.options.Observe == nil {
		return http.HandlerFunc(s.route)
	}
	return observed(http.HandlerFunc(s.route), s.options.Observe)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	path := r.URL.EscapedPath()
	switch {
	case path == "/v2/streaming/hostname":
		s.serve(w, r, ActionHostname, "", s.hostname)
	case strings.HasPrefix(path, "/"+stageBucket+"/"):
		s.serveStage(w, r)
	case path == "/telemetry/send/sessionless":
		s.serve(w, r, ActionSessionlessTelemetry, "", s.sessionlessTelemetry)
	case path == "/oauth/token":
		s.serve(w, r, ActionOauthToken, "", s.oauthToken)
	case path == OAuthTokenPath:
		s.serve(w, r, ActionGrantClient, "", s.grantClient)
	case strings.HasPrefix(path, "/v2/streaming/data/"):
		s.serveData(w, r, strings.TrimPrefix(path, "/v2/streaming/data/"))
	case strings.HasPrefix(path, "/v2/streaming/"):
		s.serveControl(w, r, strings.TrimPrefix(path, "/v2/streaming/"))
	default:
		s.driver.ServeHTTP(w, r)
	}
}

// methods of the actions; an action answers no other.
var methods = map[string]string{
	ActionHostname: http.MethodGet, ActionOpenChannel: http.MethodPut, ActionDropChannel: http.MethodDelete,
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, action, key string, handler http.HandlerFunc) {
	method := methods[action]
	if method == "" {
		method = http.MethodPost
	}
	if r.Method != method {
		w.Header().Set("Allow", method)
		writeError(w, refuse(http.StatusMethodNotAllowed, CodeInvalidRequest, action+" takes "+method))
		return
	}
	s.faults.Serve(&drained{ResponseWriter: w, body: r.Body}, r, action, key, writeFault, handler)
}

// serveStage serves the object store that files of rows are put into.
func (s *Server) serveStage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		writeStageError(w, refuse(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource."))
		return
	}
	key := strings.TrimPrefix(r.URL.Path, "/"+stageBucket+"/")
	s.faults.Serve(&drained{ResponseWriter: w, body: r.Body}, r, ActionPutObject, key, writeStageFault, s.putObject)
}

func writeFault(w http.ResponseWriter, f *fault.Refusal) { writeRefusal(w, f) }

// serveIngest serves an action of the ingest host.
func (s *Server) serveIngest(w http.ResponseWriter, r *http.Request, action, key string, t target, handler func(http.ResponseWriter, *http.Request, target)) {
	s.serve(w, r, action, key, func(w http.ResponseWriter, r *http.Request) {
		if s.failedOver.Load() {
			writeError(w, refuse(http.StatusGone, "", "Gone"))
			return
		}
		if agent := s.options.RequireAgent; agent != nil && !agent.MatchString(r.UserAgent()) {
			writeError(w, refuse(http.StatusBadRequest, CodeInvalidRequest, "User-Agent does not match "+agent.String()))
			return
		}
		handler(w, r, t)
	})
}

// serveData routes /v2/streaming/data/...: appends.
func (s *Server) serveData(w http.ResponseWriter, r *http.Request, path string) {
	p, ok := split(path)
	if ok && p.is(3, "databases", "schemas", "tables", "rows") {
		t := target{database: p.value(0), schema: p.value(1), pipe: p.value(2)}
		s.serveIngest(w, r, ActionElasticAppend, elasticChannel, t, s.tableRows)
		return
	}
	rows := ok && p.is(4, "databases", "schemas", "pipes", "channels", "rows")
	if !rows && !(ok && p.is(4, "databases", "schemas", "pipes", "channels", "filebuffer")) {
		writeError(w, noSuchPath(r))
		return
	}
	t := target{database: p.value(0), schema: p.value(1), pipe: p.value(2), channel: p.value(3)}
	action, serve := ActionFileBuffer, s.fileBuffer
	switch {
	case isElastic(t.channel) && rows:
		action, serve = ActionElasticAppend, s.elasticRows
	case isElastic(t.channel):
		serve = s.elasticFiles
	case rows:
		action, serve = ActionAppendRows, s.appendRows
	}
	defer s.enter(t)()
	s.serveIngest(w, r, action, t.channel, t, serve)
}

// serveControl routes the rest of /v2/streaming/.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, path string) {
	// The verb follows the encoded pipe name after a literal colon.
	base, verb := path, ""
	if colon := strings.LastIndexByte(path, ':'); colon > strings.LastIndexByte(path, '/') {
		base, verb = path[:colon], path[colon+1:]
	}
	if p, ok := split(base); ok && p.is(3, "databases", "schemas", "pipes") {
		t := target{database: p.value(0), schema: p.value(1), pipe: p.value(2)}
		switch verb {
		case "bulk-channel-status":
			s.serveIngest(w, r, ActionBulkChannelStatus, t.pipe, t, s.bulkChannelStatus)
			return
		case "pipe-info":
			s.serveIngest(w, r, ActionPipeInfo, t.pipe, t, s.pipeInfo)
			return
		}
	}
	if p, ok := split(path); ok && p.is(4, "databases", "schemas", "pipes", "channels") {
		t := target{database: p.value(0), schema: p.value(1), pipe: p.value(2), channel: p.value(3)}
		if r.Method == http.MethodDelete {
			s.serveIngest(w, r, ActionDropChannel, t.channel, t, s.dropChannel)
		} else {
			s.serveIngest(w, r, ActionOpenChannel, t.channel, t, s.openChannel)
		}
		return
	}
	writeError(w, noSuchPath(r))
}

func noSuchPath(r *http.Request) error {
	return refuse(http.StatusNotFound, CodeInvalidRequest, "no such path: "+r.Method+" "+r.URL.Path)
}

// parts is a path of alternating literals and encoded names, perhaps with one
// more literal at its end.
type parts []string

func split(path string) (parts, bool) {
	p := strings.Split(path, "/")
	for i := 1; i < len(p); i += 2 {
		name, err := url.PathUnescape(p[i])
		if err != nil || name == "" {
			return nil, false
		}
		p[i] = name
	}
	return p, true
}

// is reports whether the literals are these, each followed by a name; where
// there is one name less than literals, the last one ends the path.
func (p parts) is(names int, literals ...string) bool {
	if len(p) != names+len(literals) {
		return false
	}
	for i, literal := range literals {
		if p[2*i] != literal {
			return false
		}
	}
	return true
}

func (p parts) value(i int) string { return p[2*i+1] }
