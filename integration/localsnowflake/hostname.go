package localsnowflake

import (
	"net"
	"net/http"
	"strings"
)

// sdkAgent begins the User-Agent of Snowflake's own SDKs.
const sdkAgent = "SnowpipeStreamingSDK/"

// hostname answers GET /v2/streaming/hostname (spec 1.4). Discovery also ends
// a fail-over.
func (s *Server) hostname(w http.ResponseWriter, r *http.Request) {
	if _, err := s.auth.control(r); err != nil {
		writeError(w, err)
		return
	}
	s.failedOver.Store(false)
	switch form := s.options.HostnameForm; {
	case form == HostnameJSON:
		writeJSON(w, http.StatusOK, map[string]string{"hostname": s.host(r)})
	case form == HostnameURL && r.TLS != nil:
		writeText(w, "https://"+s.host(r))
	case form == HostnameURL:
		writeText(w, "http://"+s.host(r))
	case form == HostnameBare || strings.HasPrefix(r.UserAgent(), sdkAgent):
		writeText(w, withoutPort(s.host(r)))
	default:
		writeText(w, s.host(r))
	}
}

// withoutPort is a host alone.
func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
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
