package localsnowflake

import (
	"net/http"
)

// hostname answers GET /v2/streaming/hostname (spec 1.4). Discovery also ends
// a fail-over.
func (s *Server) hostname(w http.ResponseWriter, r *http.Request) {
	if _, err := s.auth.control(r); err != nil {
		writeError(w, err)
		return
	}
	s.failedOver.Store(false)
	switch s.options.HostnameForm {
	case HostnameJSON:
		writeJSON(w, http.StatusOK, map[string]string{"hostname": s.host(r)})
	case HostnameURL:
		writeText(w, "http://"+s.host(r))
	default:
		writeText(w, s.host(r))
	}
}

// host is this server as the client reached it.
func (s *Server) host(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return s.address
}

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain")
	w.Write([]byte(text))
}
